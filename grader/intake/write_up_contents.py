"""Open a hand-in with a write-up, and find the PDFs in it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import Fault
from grader.intake.advice import is_archive
from grader.intake.archive import ZipContents
from grader.intake.contents import opened_contents
from grader.intake.file_format import (
    HEAD,
    FileFormat,
    format_of,
    format_of_zip,
    is_pdf,
    is_zip,
)
from grader.intake.folder import CHUNK, FolderContents
from grader.intake.inside import name_inside, whole_of
from grader.intake.names import is_ignored
from grader.intake.nested import NestedContents, opened_inside
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.text import shown

AS_PDF = "Export your write-up as a PDF, and hand that in."
ALONE = "Hand in the PDF alone, without an archive."


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfAlone:
    """A PDF that was handed in without an archive."""

    path: Path
    size: int
    entries: int = 1
    kind: str = "pdf"
    ignored: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def sizes(self) -> Mapping[str, int]:
        """The size of the file in bytes, by its name."""
        return {self.path.name: self.size}

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of the file in chunks."""
        assert name == self.path.name
        with self.path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


Contents = PdfAlone | ZipContents | FolderContents | NestedContents


def opened_write_up(stack: ExitStack, source: Path, work: Path, lab: WriteUpLab) -> Contents:
    """Open the hand-in at `source` until `stack` ends; a zip that is all of it is opened, too.

    Raises `Fault` for a file that is neither a PDF nor a zip and for an unsafe archive, `OSError`
    if it cannot be read.
    """
    if not source.is_dir():
        with source.open("rb") as stream:
            head = stream.read(HEAD)
        if is_pdf(head):
            return PdfAlone(path=source, size=source.stat().st_size)
        check_pdf(source.name, head, or_archive=True)
    try:
        outer = opened_contents(stack, source, lab)
        if isinstance(outer, ZipContents) and (found := format_of_zip(outer.sizes)) is not None:
            raise not_a_pdf(source.name, found)
        zips = [
            each for each in outer.sizes if each.lower().endswith(".zip") and not is_ignored(each)
        ]
        if pdfs_of(outer) or len(zips) != 1:
            return outer
        return stack.enter_context(opened_inside(outer, zips[0], work, lab.limits))
    except Fault as fault:
        raise pdf_instead(fault) from fault


def pdfs_of(contents: Contents) -> list[str]:
    """Return the names of the PDFs; a PDF that was handed in alone may have any name."""
    names = sorted(name for name in contents.sizes if not is_ignored(name))
    if isinstance(contents, PdfAlone):
        return names
    return [name for name in names if name.lower().endswith(".pdf")]


def candidates(source: Path, work: Path, lab: LabSpec) -> tuple[Path, ...]:
    """Return a path to each PDF of the archive at `source` if it has several, else `source` alone.

    Each is then a hand-in of its own, and a person chooses the one that counts, as among several
    hand-ins of one student. A folder has no such paths. `work` is a scratch folder. Raises nothing
    because of what was handed in: `receive_write_up` says what is wrong.
    """
    if not isinstance(lab, WriteUpLab) or not source.is_file():
        return (source,)
    try:
        with ExitStack() as stack:
            found = pdfs_of(opened_write_up(stack, source, work, lab))
    except (Fault, OSError):
        return (source,)
    paths = tuple(source / name for name in found)
    whole = all(name_inside(path) == name for path, name in zip(paths, found, strict=True))
    return paths if len(found) > 1 and whole else (source,)


def chosen_pdf(contents: Contents, source: Path) -> str | None:
    """Return the name of the PDF that is the write-up; None if there is none, or several.

    If `source` leads into its archive, it is that file. Raises `Fault` if it is not there.
    """
    inside = name_inside(source)
    if inside is not None:
        if inside not in contents.sizes:
            raise Fault(
                f"There is no {shown(inside)} in {shown(whole_of(source).name)}.",
                help="Check the spelling, or give the archive itself.",
            )
        return inside
    pdfs = pdfs_of(contents)
    return pdfs[0] if len(pdfs) == 1 else None


def check_pdf(name: str, head: bytes, *, or_archive: bool = False) -> None:
    """Raise `Fault` if `head`, the first bytes of the file `name`, are not those of a PDF.

    With `or_archive`, an archive of any format passes: `opened_contents` says what is wrong with
    it.
    """
    if is_pdf(head) or (or_archive and head and (is_zip(head) or is_archive(name))):
        return
    if not head:
        raise Fault(
            f"{shown(PurePosixPath(name).name)} is empty (0 bytes).",
            help="The upload failed. Check that the PDF opens on your machine, then upload it "
            "again.",
        )
    raise not_a_pdf(name, format_of(head))


def not_a_pdf(name: str, found: FileFormat | None) -> Fault:
    """Return the fault of a file that should be a PDF; `found` is its format, if it is known."""
    what = f"{found.name}, not a PDF" if found else "not a PDF"
    return Fault(
        f"{shown(PurePosixPath(name).name)} is {what}.",
        help=AS_PDF if found is None else f"{AS_PDF} {found.export}",
    )


def pdf_instead(fault: Fault) -> Fault:
    """Return a fault of an archive with the advice for this lab: its hand-in needs no archive."""
    if fault.help.startswith(AS_PDF):
        return fault
    return Fault(fault.reason, help=ALONE, expected=fault.expected, actual=fault.actual)
