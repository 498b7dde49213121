"""What was seen of the archive, and of the files that the lab asks for."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEvidence(Record):
    """The archive or folder that was handed in; only its kind where it was refused."""

    archive: str | None
    """`zip` or `folder`"""
    entries: int | None = None
    """how many entries it has"""
    unpacked_bytes: int | None = None
    """the size of all files in it, unpacked"""
    ignored: tuple[str, ...] | None = None
    """names of files that the lab does not ask for; the first 50, then how many more"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvidence(Record):
    """A file that the lab asks for."""

    role: str
    """`checkpoint`, `program`, `runner` or `notebook`"""
    name: str | None
    """its path as handed in"""
    size: int | None
    """its bytes"""
    sha256: str | None
    """the SHA-256 of its bytes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutEvidence(Record):
    """Which of the lab's forms the files fill."""

    layout: str | None
    """the name of the lab's form that the files fill, `null` where they fill none"""
    files: tuple[FileEvidence, ...]
    """the files that the lab asks for and that are there"""
    missing: tuple[str, ...]
    """paths that the lab asks for and that are not there"""
    notebook_expected: str | None
    """the path where the lab has the notebook, `null` where it asks for none"""
    notebook_found: str | None
    """the path of the notebook as handed in, `null` where there is none"""

    @property
    def roles(self) -> frozenset[str]:
        """What the files that are there are for."""
        return frozenset(each.role for each in self.files)
