"""What `grader grade` measures here, and what it takes from records of other machines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.collect import collect_all, collect_for
from grader.batch.measure import Plan, grade_batch
from grader.batch.measured_store import MeasuredStore
from grader.batch.record_folder import RecordFolder
from grader.errors import GraderError
from grader.evaluators.conditions import Watch
from grader.evidence.ids import LATENCY
from grader.labs.spec import LabSpec
from grader.text import several
from grader.types import Measured, Measurement, Status

NAMED = 10
NO_LATENCY = "Not timed: the class was graded with --no-latency."
NO_FILE = "Not timed: the hand-in is not on this machine, only its record."
GRADE_AGAIN = "A TA can time it: grade the hand-in's file again, without --no-latency."


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """The folder of records, None for none, and whether what they lack may be measured here."""

    folder: Path | None = None
    is_measured: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredClass:
    """The hand-ins of a run, and what must be said of them."""

    hand_ins: tuple[Measured, ...]
    notes: tuple[str, ...] = ()


def measured_class(
    sources: Sequence[Path], plan: Plan, records: RecordOptions, store: MeasuredStore, watch: Watch
) -> MeasuredClass:
    """Measure the hand-ins at `sources` that neither `store` nor the records have.

    Without sources, the class is every record. Raises `GraderError` as `grade_batch` and
    `collect_all` do.
    """
    lab = plan.conditions.lab
    why = NO_LATENCY
    notes: tuple[str, ...] = ()
    if records.folder is None:
        measured = grade_batch(sources, plan, store, watch)
    elif not sources:
        found = collect_all(RecordFolder(folder=records.folder, lab=lab), plan.conditions, store)
        measured, notes, why = found.hand_ins, found.notes, NO_FILE
    else:
        found = collect_for(
            sources, RecordFolder(folder=records.folder, lab=lab), plan.conditions, store
        )
        notes = found.notes
        if found.missing and not records.is_measured:
            left_out = {each.path for each in found.missing}
            names = several((each.name for each in found.missing), NAMED)
            notes = (*notes, f"Without a record, and not measured: {names}.")
            sources = [each for each in sources if each.absolute() not in left_out]
        if not sources:
            raise GraderError(
                f"No hand-in has a record in {records.folder}. {' '.join(notes)}",
                help="Measure them first, or leave out --no-measure.",
            )
        measured = grade_batch(sources, plan, store, watch)
    return MeasuredClass(
        hand_ins=tuple(_with_latency(each, lab, why) for each in measured), notes=notes
    )


def _with_latency(measured: Measured, lab: LabSpec, why: str) -> Measured:
    """Return the hand-in with a SKIPPED latency where the lab asks for one that is not there."""
    if not lab.is_timed or any(each.id == LATENCY for each in measured.measurements):
        return measured
    skipped = Measurement(id=LATENCY, status=Status.SKIPPED, reason=why, help=GRADE_AGAIN)
    return replace(measured, measurements=(*measured.measurements, skipped))
