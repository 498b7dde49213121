"""Evidence of the archive, and of the files that the lab asks for."""

from dataclasses import dataclass

from grader.evidence.record import Record

MOST_LISTED = 50  # names; one more entry says how many others there are


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateEvidence(Record):
    """One of several hand-ins of one person."""

    file: str | None
    """the last two parts of its path"""
    sha256: str | None
    """the SHA-256 of its bytes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceEvidence(Record):
    """The hand-ins of a person among which nobody has chosen yet."""

    hand_ins: tuple[CandidateEvidence, ...]
    """the hand-ins"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEvidence(Record):
    """The archive or folder that was handed in; only `archive` if it was refused."""

    archive: str | None
    """`zip`, `folder` or `pdf`"""
    entries: int | None = None
    """the number of its entries"""
    unpacked_bytes: int | None = None
    """the unpacked size of all its files in bytes"""
    ignored: tuple[str, ...] | None = None
    """the files that the lab does not ask for: the first 50 names, then the number of the others"""
    links: tuple[str, ...] | None = None
    """links and pipes in ignored places, not followed; cut like `ignored`; `null` if none"""
    inside: str | None = None
    """the name of the zip in the archive or folder that is the hand-in; `null` if there is none"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvidence(Record):
    """A file that the lab asks for."""

    role: str
    """`checkpoint`, `program`, `runner`, `notebook` or `write-up`"""
    name: str | None
    """its path as handed in"""
    size: int | None
    """its size in bytes"""
    sha256: str | None
    """the SHA-256 of its content"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFaultEvidence(Record):
    """A file that the lab asks for and that is missing or cannot be used."""

    reason: str
    """what is wrong, a sentence"""
    help: str
    """what the student can do, a sentence"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutEvidence(Record):
    """The lab's form that the files fit."""

    layout: str | None
    """the name of the lab's form that the files fit; `null` if they fit none"""
    files: tuple[FileEvidence, ...]
    """the files that the lab asks for and that were found"""
    missing: tuple[str, ...]
    """the paths that the lab asks for and that were not found"""
    faults: tuple[FileFaultEvidence, ...] | None = None
    """each file that is missing or cannot be used; only if the files fit no form"""
    notebook_expected: str | None
    """the path at which the lab expects the notebook; `null` if it asks for none"""
    notebook_found: str | None
    """the path of the notebook as handed in; `null` if there is none"""
    other_notebooks: tuple[str, ...] | None = None
    """files elsewhere in the hand-in that may be or hold a notebook, cut like `ignored`; `null` in older results"""  # noqa: E501

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the files that were found."""
        return frozenset(each.role for each in self.files)
