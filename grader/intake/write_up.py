"""Turn a handed-in PDF, or an archive or a folder with one, into a `Submission`."""

import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from grader.errors import Fault
from grader.evidence.ids import ARCHIVE, LAYOUT
from grader.evidence.intake import ArchiveEvidence, FileEvidence, LayoutEvidence
from grader.evidence.run_check import failed
from grader.intake.advice import about_the_whole
from grader.intake.archive import opened_zip
from grader.intake.contents import copy_file, fingerprint, listed, refused
from grader.intake.file_format import HEAD, format_of_zip, is_zip, likeliest_format
from grader.intake.inside import whole_of
from grader.intake.layout import arrange
from grader.intake.names import is_ignored, student_id
from grader.intake.nested import NestedContents
from grader.intake.other_lab import for_a_network
from grader.intake.write_up_contents import (
    AS_PDF,
    Contents,
    check_pdf,
    chosen_pdf,
    not_a_pdf,
    opened_write_up,
    pdf_instead,
    pdfs_of,
)
from grader.labs.kinds import network_lab
from grader.labs.write_up_lab import WriteUpLab
from grader.text import shown
from grader.types import Measurement, Role, Status, Submission, SubmittedFile

FORM = "write-up"


def receive_write_up(
    source: Path, work: Path, lab: WriteUpLab, student: str | None = None
) -> tuple[Submission, tuple[Measurement, ...]]:
    """Copy the PDF of the hand-in at `source` to `work` and describe it.

    The hand-in is the PDF, or a zip or a folder with one PDF in it; a zip that is all of the
    hand-in is opened, once. With several PDFs a person decides: `source` can lead into an archive,
    to the PDF that was chosen (`B1.zip/report.pdf`). `student` is the student's id, by default
    `student_id(source)`. Every other file is read too, so that a damaged archive is refused as a
    whole; none is run. Never raises because of what was handed in: the measurements
    `intake.archive` and `intake.layout` have the status, ERROR if this machine could not read or
    write.
    """
    started = time.perf_counter()
    whole = whole_of(source)
    submission = Submission(id=student or student_id(source), source=source, sha256="")
    try:
        submission = replace(submission, sha256=fingerprint(source, lab))
        with ExitStack() as stack:
            contents = opened_write_up(stack, whole, work, lab)
            file = _copied(contents, chosen_pdf(contents, source), work, lab)
        if fingerprint(source, lab) != submission.sha256:
            raise OSError(None, "it changed while it was read")
    except (Fault, OSError) as error:
        unreadable = refused(error, whole, time.perf_counter() - started)
        return submission, (unreadable, _not_looked_at())
    opened = Measurement(
        id=ARCHIVE,
        status=Status.PASSED,
        evidence=_archive_evidence(contents, file).json(),
        seconds=time.perf_counter() - started,
    )
    if file is None:
        return submission, (opened, _without_write_up(whole, contents))
    evidence = _layout_evidence(file).json()
    layout = Measurement(id=LAYOUT, status=Status.PASSED, evidence=evidence)
    return replace(submission, layout=FORM, files=(file,)), (opened, layout)


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
    try:
        for name in contents.sizes:
            if name == pdf:
                path = work / Role.WRITE_UP.value
                file = copy_file(contents.read(name), Role.WRITE_UP, name, path)
            else:
                for _ in contents.read(name):
                    pass
    except Fault as fault:
        raise pdf_instead(fault) from fault
    if file is not None:
        _check_copy(file, lab)
    return file


def _check_copy(file: SubmittedFile, lab: WriteUpLab) -> None:
    """Raise `Fault` if the file is no PDF, with its format: some documents are zips."""
    with file.path.open("rb") as stream:
        head = stream.read(HEAD)
    found = None
    if is_zip(head):
        with suppress(Fault), opened_zip(file.path, lab.limits) as members:
            found = format_of_zip(members.sizes)
    if found is not None:
        raise not_a_pdf(file.name, found)
    check_pdf(file.name, head)


def _without_write_up(source: Path, contents: Contents) -> Measurement:
    """Return the layout of a hand-in with no PDF, or with several."""
    if pdfs := pdfs_of(contents):
        named = ", ".join(shown(name) for name in pdfs[:5]) + (" …" if len(pdfs) > 5 else "")
        return Measurement(
            id=LAYOUT,
            status=Status.SKIPPED,
            reason=f"The hand-in has {len(pdfs)} PDFs: {named}.",
            help="Hand in one PDF, the write-up.",
            review=f"{len(pdfs)} PDFs: decide which one is the write-up. {_how_to_choose(source)}",
            evidence=_layout_evidence(None).json(),
        )
    names = [name for name in sorted(contents.sizes) if not is_ignored(name)]
    found = likeliest_format(names)
    advice = AS_PDF if found is None else f"{AS_PDF} {found.export}"
    fault = Fault(
        f"There is no PDF in {shown(source.name)}" + (f", but {found.name}." if found else "."),
        help=" ".join((advice, *about_the_whole(names), *_other_lab(source, contents))),
    )
    return replace(failed(LAYOUT, fault), evidence=_layout_evidence(None).json())


def _other_lab(source: Path, contents: Contents) -> tuple[str, ...]:
    """Return advice if the files are those that the default lab asks for: it may be meant."""
    asked = arrange(contents.sizes, student_id(source), network_lab()).expected_files
    found = {each.role for each in asked if each.name is not None}
    return (for_a_network(source.name),) if found & {Role.CHECKPOINT, Role.PROGRAM} else ()


def _how_to_choose(source: Path) -> str:
    """Return what the person who grades does where the page for the review offers no choice."""
    if source.is_dir():
        return "Leave only that one in the folder, then grade it again."
    return f"Grade that one: grader grade {shown(source.name)}/NAME.pdf"


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
