"""Turn a handed-in PDF, or an archive or a folder with one, into a `Submission`."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.errors import Fault
from grader.evidence.ids import ARCHIVE, LAYOUT
from grader.evidence.intake import ArchiveEvidence, FileEvidence, LayoutEvidence
from grader.evidence.run_check import failed
from grader.intake.archive import ZipContents
from grader.intake.contents import copy_file, fingerprint, listed, opened_contents, refused
from grader.intake.file_format import (
    HEAD,
    FileFormat,
    format_of,
    format_of_name,
    format_of_zip,
    is_pdf,
    is_zip,
)
from grader.intake.folder import CHUNK, FolderContents
from grader.intake.names import is_ignored, student_id
from grader.intake.nested import NestedContents, opened_inside
from grader.labs.write_up_lab import WriteUpLab
from grader.text import shown
from grader.types import Measurement, Role, Status, Submission, SubmittedFile

FORM = "write-up"
_AS_PDF = "Export your write-up as a PDF, and hand that in."


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


def receive_write_up(
    source: Path, work: Path, lab: WriteUpLab, student: str | None = None
) -> tuple[Submission, tuple[Measurement, ...]]:
    """Copy the PDF of the hand-in at `source` to `work` and describe it.

    The hand-in is the PDF, or a zip or a folder with one PDF in it; a zip that is all of the
    hand-in is opened, once. With several PDFs a person decides. `student` is the student's id, by
    default `student_id(source)`. Every other file is read too, so that a damaged archive is refused
    as a whole; none is run. Never raises because of what was handed in: the measurements
    `intake.archive` and `intake.layout` have the status, ERROR if this machine could not read or
    write.
    """
    started = time.perf_counter()
    submission = Submission(id=student or student_id(source), source=source, sha256="")
    try:
        submission = replace(submission, sha256=fingerprint(source, lab))
        with ExitStack() as stack:
            contents = _opened(stack, source, work, lab)
            pdfs = _pdfs(contents)
            file = _copied(contents, pdfs[0] if len(pdfs) == 1 else None, work, lab)
        if fingerprint(source, lab) != submission.sha256:
            raise OSError(None, "it changed while it was read")
    except (Fault, OSError) as error:
        unreadable = refused(error, source, time.perf_counter() - started)
        return submission, (unreadable, _not_looked_at())
    opened = Measurement(
        id=ARCHIVE,
        status=Status.PASSED,
        evidence=_archive_evidence(contents, file).json(),
        seconds=time.perf_counter() - started,
    )
    if file is None:
        return submission, (opened, _without_write_up(source, contents, pdfs))
    evidence = _layout_evidence(file).json()
    layout = Measurement(id=LAYOUT, status=Status.PASSED, evidence=evidence)
    return replace(submission, layout=FORM, files=(file,)), (opened, layout)


def _opened(stack: ExitStack, source: Path, work: Path, lab: WriteUpLab) -> Contents:
    """Open the hand-in. Raises `Fault` for a file that is neither a PDF nor a zip."""
    if not source.is_dir():
        with source.open("rb") as stream:
            head = stream.read(HEAD)
        if is_pdf(head):
            return PdfAlone(path=source, size=source.stat().st_size)
        if head and not is_zip(head):
            raise _not_a_pdf(source.name, format_of(head))
    outer = opened_contents(stack, source, lab)
    if isinstance(outer, ZipContents) and (found := format_of_zip(outer.sizes)) is not None:
        raise _not_a_pdf(source.name, found)
    zips = [each for each in outer.sizes if each.lower().endswith(".zip") and not is_ignored(each)]
    if _pdfs(outer) or len(zips) != 1:
        return outer
    return stack.enter_context(opened_inside(outer, zips[0], work, lab.limits))


def _pdfs(contents: Contents) -> list[str]:
    """Return the names of the PDFs; a PDF that was handed in alone may have any name."""
    names = sorted(name for name in contents.sizes if not is_ignored(name))
    if isinstance(contents, PdfAlone):
        return names
    return [name for name in names if name.lower().endswith(".pdf")]


def _copied(
    contents: Contents, pdf: str | None, work: Path, lab: WriteUpLab
) -> SubmittedFile | None:
    """Read every file to its end and copy the PDF. Raises `Fault` if it is too large or no PDF."""
    work.mkdir(parents=True, exist_ok=True)
    file = None
    if pdf is not None and contents.sizes[pdf] > lab.limits.pdf_bytes:
        raise Fault(
            f"{shown(pdf)} is too large.",
            help="Export it again with smaller pictures.",
            expected=f"at most {lab.limits.pdf_bytes:,} bytes",
            actual=f"{contents.sizes[pdf]:,} bytes",
        )
    for name in contents.sizes:
        if name == pdf:
            path = work / Role.WRITE_UP.value
            file = copy_file(contents.read(name), Role.WRITE_UP, name, path)
        else:
            for _ in contents.read(name):
                pass
    if file is not None:
        _check_is_pdf(file)
    return file


def _check_is_pdf(file: SubmittedFile) -> None:
    with file.path.open("rb") as stream:
        head = stream.read(HEAD)
    if is_pdf(head):
        return
    if not head:
        raise Fault(
            f"{shown(file.name)} is empty (0 bytes).",
            help="The upload failed. Check that the PDF opens on your machine, then upload it "
            "again.",
        )
    raise _not_a_pdf(file.name, format_of(head))


def _not_a_pdf(name: str, found: FileFormat | None) -> Fault:
    what = f"{found.name}, not a PDF" if found else "not a PDF"
    return Fault(
        f"{shown(PurePosixPath(name).name)} is {what}.",
        help=_AS_PDF if found is None else f"{_AS_PDF} {found.export}",
    )


def _without_write_up(source: Path, contents: Contents, pdfs: list[str]) -> Measurement:
    """Return the layout of a hand-in with no PDF, or with several."""
    if pdfs:
        named = ", ".join(shown(name) for name in pdfs[:5]) + (" …" if len(pdfs) > 5 else "")
        return Measurement(
            id=LAYOUT,
            status=Status.SKIPPED,
            reason=f"The hand-in has {len(pdfs)} PDFs: {named}.",
            help="Hand in one PDF.",
            review=f"{len(pdfs)} PDFs: decide which one is the write-up.",
            evidence=_layout_evidence(None).json(),
        )
    others = [format_of_name(name) for name in sorted(contents.sizes) if not is_ignored(name)]
    found = next((each for each in others if each is not None), None)
    fault = Fault(
        f"There is no PDF in {shown(source.name)}" + (f", but {found.name}." if found else "."),
        help=_AS_PDF if found is None else f"{_AS_PDF} {found.export}",
    )
    return replace(failed(LAYOUT, fault), evidence=_layout_evidence(None).json())


def _archive_evidence(contents: Contents, used: SubmittedFile | None) -> ArchiveEvidence:
    others = {*contents.sizes, *contents.ignored} - ({used.name} if used else set())
    return ArchiveEvidence(
        archive=contents.kind,
        entries=contents.entries,
        unpacked_bytes=sum(contents.sizes.values()),
        ignored=listed(others),
        links=listed(contents.links) if contents.links else None,
        inside=shown(contents.inside) if isinstance(contents, NestedContents) else None,
    )


def _layout_evidence(file: SubmittedFile | None) -> LayoutEvidence:
    files = [file] if file else []
    return LayoutEvidence(
        layout=FORM if file else None,
        files=tuple(
            FileEvidence(role=each.role.value, name=each.name, size=each.size, sha256=each.sha256)
            for each in files
        ),
        missing=() if file else ("a PDF",),
        notebook_expected=None,
        notebook_found=None,
    )


def _not_looked_at() -> Measurement:
    return Measurement(
        id=LAYOUT,
        status=Status.SKIPPED,
        reason="The hand-in could not be opened.",
        evidence=_layout_evidence(None).json(),
    )
