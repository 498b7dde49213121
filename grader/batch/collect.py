"""Collects records that other machines made, and says why it ignores one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.fingerprint import differences, fingerprint, fingerprint_of
from grader.batch.measure import has_errors
from grader.batch.measured_store import MeasuredStore
from grader.batch.record_folder import Record, RecordFolder, Unreadable
from grader.batch.sources import Source, identify
from grader.errors import GraderError
from grader.evaluators.conditions import Conditions
from grader.pipeline import setup_now
from grader.types import Measured

LISTED = 20  # records that are ignored, in messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a folder of records has for a class.

    `hand_ins` were taken from records. `missing` are the hand-ins that must still be measured: no
    record fits them, or it has an ERROR. `notes` say which records were ignored, and why.
    """

    hand_ins: tuple[Measured, ...]
    missing: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


def collect_for(
    sources: Sequence[Path], records: RecordFolder, conditions: Conditions, store: MeasuredStore
) -> Collected:
    """Save the records of these hand-ins in `store`, where it does not have them yet.

    Raises `GraderError` if they cannot be saved.
    """
    wanted = {each.key: each for each in identify(sources, conditions.lab)}
    prints = {
        (each.student, fingerprint(each.sha256, conditions)): each for each in wanted.values()
    }
    kept = store.all_measured(prints)
    taken, missing = [], []
    for key, source in prints.items():
        found = kept.get(key)
        if found is None and (found := records.measured(*key)) is not None:
            _take(found, key, records, conditions, store)
            taken.append(found)
        if found is None or has_errors(found):
            missing.append(source)
    of_missing = {each.student: each for each in missing}
    notes = [
        note
        for each in records.records()
        if (note := _why_not(each, of_missing, conditions)) is not None
    ]
    return Collected(
        hand_ins=tuple(taken),
        missing=tuple(missing),
        notes=_listed(notes),
    )


def collect_all(records: RecordFolder, conditions: Conditions, store: MeasuredStore) -> Collected:
    """Save every record that fits in `store`, and return them all.

    Raises `GraderError` if none fits, or if one cannot be saved.
    """
    taken, notes = [], []
    for each in records.records():
        why = _why_not(each, None, conditions)
        if why is not None:
            notes.append(why)
            continue
        assert isinstance(each, Record)
        submission = each.measured.submission
        key = submission.id, fingerprint(submission.sha256, conditions)
        _take(each.measured, key, records, conditions, store)
        taken.append(each.measured)
    if not taken:
        why = " ".join(_listed(notes)) or "It has no record."
        raise GraderError(
            f"No record in {records.folder} can be used. {why}",
            help="Give the folder, the lab and the test set with which the hand-ins were measured.",
        )
    return Collected(hand_ins=tuple(taken), notes=_listed(notes))


def _take(
    measured: Measured,
    key: tuple[str, str],
    records: RecordFolder,
    conditions: Conditions,
    store: MeasuredStore,
) -> None:
    store.save(*key, measured)
    if conditions.pages is not None:
        try:
            records.copy_pages(measured, conditions.pages)
        except OSError as error:
            raise GraderError(
                f"A page cannot be copied to {conditions.pages}: {error.strerror or error}.",
                help="Check that the disk is not full, then run the same command again.",
            ) from error


def _why_not(
    record: Record | Unreadable, missing: dict[str, Source] | None, conditions: Conditions
) -> str | None:
    """Return why a record is ignored, None if it is not.

    `missing` are the hand-ins without a record by student, None if every record is collected: a
    record of another student is then no matter.
    """
    if isinstance(record, Unreadable):
        return f"{record.path.name} is ignored: {record.why}."
    submission, setup = record.measured.submission, record.measured.setup
    if missing is not None and submission.id not in missing:
        return None
    causes = list(_causes(record, conditions))
    if missing is not None and has_errors(record.measured):
        causes.append("it has an error of the grader")
    if missing is not None and submission.sha256 != missing[submission.id].sha256:
        causes.insert(0, "the hand-in has other bytes now")
    if not causes:
        expected = fingerprint(submission.sha256, conditions)
        assert fingerprint_of(submission.sha256, conditions.lab, setup) == expected
        return None
    return f"The record of {submission.id} is ignored: {'; '.join(causes)}."


def _causes(record: Record, conditions: Conditions) -> Iterator[str]:
    lab = conditions.lab
    if record.lab_measured_sha256 != lab.measured_sha256:
        yield f"the lab {record.lab} measures something else than {lab.name} here"
    yield from (
        f"it has {each}" for each in differences(record.measured.setup, setup_now(conditions))
    )


def _listed(notes: Sequence[str]) -> tuple[str, ...]:
    """Return the first notes, and how many more there are."""
    more = len(notes) - LISTED
    rest = (f"Ignored besides: {more} more.",) if more > 0 else ()
    return (*notes[:LISTED], *rest)
