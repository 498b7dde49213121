"""Turn what a student handed in into a `Submission`. No other stage opens an archive."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from grader.errors import Fault
from grader.evidence.ids import ARCHIVE, LAYOUT
from grader.evidence.intake import ArchiveEvidence, FileEvidence, LayoutEvidence
from grader.evidence.run_check import failed
from grader.intake.archive import ZipContents
from grader.intake.contents import copy_file, fingerprint, listed, opened_contents, refused
from grader.intake.file_format import HEAD, format_of_zip, is_pdf
from grader.intake.folder import FolderContents
from grader.intake.layout import Arrangement, arrange
from grader.intake.names import may_be_notebook, safe_name, student_id
from grader.intake.nested import NestedContents, opened_inside, zip_inside
from grader.intake.other_lab import for_a_document, for_a_pdf
from grader.intake.sources import find_sources
from grader.labs.hand_in_files import CHECKPOINTS
from grader.labs.network_lab import NetworkLab
from grader.text import shown
from grader.types import Measurement, Role, Status, Submission, SubmittedFile

__all__ = ["find_sources", "fingerprint", "receive", "safe_name", "student_id"]

Contents = ZipContents | FolderContents | NestedContents


def receive(
    source: Path, work: Path, lab: NetworkLab, student: str | None = None
) -> tuple[Submission, tuple[Measurement, ...]]:
    """Copy the files that the lab asks for from `source` to `work` and describe them.

    `student` is the student's id, by default `student_id(source)`. Writes only below `work`, each
    file under the name of its role (`checkpoint`, `notebook`). A zip that is all of the hand-in
    is opened, once. Every other file is read too, so
    that a damaged archive is refused as a whole. Never raises because of what was handed in: the
    measurements `intake.archive` and `intake.layout` have the status; it is ERROR if this machine
    could not read or write.
    """
    started = time.perf_counter()
    submission = Submission(id=student or student_id(source), source=source, sha256="")
    try:
        submission = replace(submission, sha256=fingerprint(source, lab))
        _refuse_single_file(source, lab)
        with ExitStack() as stack:
            outer = opened_contents(stack, source, lab)
            contents: Contents = outer
            arrangement = arrange(contents.sizes, submission.id, lab)
            if not arrangement.usable:
                _refuse_document(source, contents.sizes)
            if (inside := zip_inside(arrangement, tuple(contents.sizes))) is not None:
                contents = stack.enter_context(opened_inside(outer, inside, work, lab.limits))
                arrangement = arrange(contents.sizes, submission.id, lab)
            files = _copied(contents, arrangement, work)
        if fingerprint(source, lab) != submission.sha256:
            raise OSError(None, "it changed while it was read")
    except (Fault, OSError) as error:
        unreadable = refused(error, source, time.perf_counter() - started)
        return submission, (unreadable, _layout_skipped(submission.id, lab))
    opened = Measurement(
        id=ARCHIVE,
        status=Status.PASSED,
        evidence=_archive_evidence(contents, arrangement).json(),
        seconds=time.perf_counter() - started,
    )
    form = arrangement.form.name if arrangement.form else None
    submission = replace(submission, layout=form, files=files)
    return submission, (opened, _layout(arrangement, files, _unused(contents, arrangement)))


def _refuse_single_file(source: Path, lab: NetworkLab) -> None:
    """Raise `Fault` for a file that belongs into the zip, or is for another lab."""
    if source.is_dir():
        return
    if source.suffix.lower() in CHECKPOINTS:
        path = lab.layout.path(Role.CHECKPOINT, student_id(source))
        raise Fault(
            f"{shown(source.name)} is only the network, not the whole hand-in.",
            help=f"Put it into a zip as {path}, with the other files of the lab; `grader pack` "
            "makes that zip.",
        )
    with source.open("rb") as stream:
        if not is_pdf(stream.read(HEAD)):
            return
    raise Fault(f"{shown(source.name)} is a PDF, not a zip.", help=for_a_pdf(source.name))


def _refuse_document(source: Path, members: Mapping[str, int]) -> None:
    """Raise `Fault` for a document that is a zip, as Word writes it, handed in as the zip."""
    document = format_of_zip(members)
    if document is not None and not source.is_dir():
        raise Fault(
            f"{shown(source.name)} is {document.name}, not the zip of a hand-in.",
            help=for_a_document(source.with_suffix(".pdf").name, document),
        )


def _copied(contents: Contents, arrangement: Arrangement, work: Path) -> tuple[SubmittedFile, ...]:
    """Read every file to its end and copy those that the lab asks for."""
    usable = arrangement.usable
    roles = {arrangement.wrapper.prefix + name: role for role, name in usable.items()}
    work.mkdir(parents=True, exist_ok=True)
    files = []
    for member in contents.sizes:
        if (role := roles.get(member)) is not None:
            path = work / role.value
            files.append(copy_file(contents.read(member), role, usable[role], path))
        else:
            for _ in contents.read(member):
                pass
    order = list(Role)
    return tuple(sorted(files, key=lambda file: order.index(file.role)))


def _unused(contents: Contents, arrangement: Arrangement) -> frozenset[str]:
    """Return the names of the files that the lab does not ask for."""
    used = {arrangement.wrapper.prefix + name for name in arrangement.usable.values()}
    return frozenset({*contents.sizes, *contents.ignored} - used)


def _archive_evidence(contents: Contents, arrangement: Arrangement) -> ArchiveEvidence:
    return ArchiveEvidence(
        archive=contents.kind,
        entries=contents.entries,
        unpacked_bytes=sum(contents.sizes.values()),
        ignored=listed(_unused(contents, arrangement)),
        links=listed(contents.links) if contents.links else None,
        inside=shown(contents.inside) if isinstance(contents, NestedContents) else None,
    )


def _layout(
    arrangement: Arrangement, files: tuple[SubmittedFile, ...], unused: frozenset[str]
) -> Measurement:
    notebook = arrangement.expected(Role.NOTEBOOK)
    evidence = LayoutEvidence(
        layout=arrangement.form.name if arrangement.form else None,
        files=tuple(
            FileEvidence(role=file.role.value, name=file.name, size=file.size, sha256=file.sha256)
            for file in files
        ),
        missing=arrangement.missing,
        notebook_expected=notebook.path if notebook else None,
        notebook_found=notebook.name if notebook else None,
        other_notebooks=listed(filter(may_be_notebook, unused)),
    ).json()
    fault = arrangement.fault
    if fault is None:
        return Measurement(
            id=LAYOUT, status=Status.PASSED, review=arrangement.review, evidence=evidence
        )
    return replace(failed(LAYOUT, fault), evidence=evidence | fault.evidence)


def _layout_skipped(student: str, lab: NetworkLab) -> Measurement:
    asked = Role.NOTEBOOK in lab.layout.paths
    return Measurement(
        id=LAYOUT,
        status=Status.SKIPPED,
        reason="The hand-in could not be unpacked.",
        evidence=LayoutEvidence(
            layout=None,
            files=(),
            missing=(),
            notebook_expected=lab.layout.path(Role.NOTEBOOK, student) if asked else None,
            notebook_found=None,
        ).json(),
    )
