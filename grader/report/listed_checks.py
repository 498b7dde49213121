"""The checks of a hand-in that a report lists one by one, and one line for those that it does not.

A check of a file that the lab does not need and nobody handed in cannot apply. A check that needs
something that did not pass says nothing of its own: all of them together are one line.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader import text
from grader.evidence import ids
from grader.types import Measurement, Report, Role, Status

# The checks that must pass first; for the parts of a notebook or a PDF by the beginning of the id.
NEEDS: Mapping[str, tuple[str, ...]] = {
    ids.LAYOUT: (ids.ARCHIVE,),
    ids.LINEAGE: (ids.LAYOUT,),
    ids.MFLOPS: (ids.LINEAGE,),
    ids.ACCURACY: (ids.LINEAGE,),
    ids.EXECUTORCH: (ids.LINEAGE,),
    ids.PROGRAM: (ids.LINEAGE, ids.ACCURACY),
    ids.RUNNER: (ids.LINEAGE,),
    ids.LATENCY: (ids.EXECUTORCH,),
    ids.NOTEBOOK: (ids.LAYOUT,),
    ids.WRITE_UP: (ids.LAYOUT,),
    ids.QUESTION: (ids.NOTEBOOK,),
    ids.ANSWER: (ids.WRITE_UP,),
    ids.TABLE: (ids.WRITE_UP,),
}
# The file that a check is about, if not every hand-in of a lab has it.
OPTIONAL_FILES: Mapping[str, Role] = {ids.PROGRAM: Role.PROGRAM, ids.RUNNER: Role.RUNNER}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A sentence for one check, and one for several, with their number as `{count}`."""

    one: str
    several: str


_OF_NETWORK, _OF_PARTS = "network", "parts"
# By the kind of the checks, and the check that they need with its status.
_SENTENCES: Mapping[tuple[str, str, Status], _Words] = {
    (ids.QUESTION, ids.NOTEBOOK, Status.SKIPPED): _Words(
        one="One question was not looked at: there is no notebook.",
        several="{count} questions were not looked at: there is no notebook.",
    ),
    (ids.QUESTION, ids.NOTEBOOK, Status.FAILED): _Words(
        one="One question was not looked at: the notebook could not be read.",
        several="{count} questions were not looked at: the notebook could not be read.",
    ),
    (_OF_NETWORK, ids.LINEAGE, Status.SKIPPED): _Words(
        one="One check of the network was not made: there is no network.",
        several="{count} checks of the network were not made: there is no network.",
    ),
    (_OF_NETWORK, ids.LINEAGE, Status.FAILED): _Words(
        one="One check of the network was not made: the network was refused.",
        several="{count} checks of the network were not made: the network was refused.",
    ),
    (_OF_PARTS, ids.WRITE_UP, Status.SKIPPED): _Words(
        one="One answer or table was not looked for: there is no PDF with text.",
        several="{count} answers and tables were not looked for: there is no PDF with text.",
    ),
    (_OF_PARTS, ids.WRITE_UP, Status.FAILED): _Words(
        one="One answer or table was not looked for: the PDF could not be read.",
        several="{count} answers and tables were not looked for: the PDF could not be read.",
    ),
}
_OTHERS = _Words(
    one="One check was not made: it needs “{needed}”.",
    several="{count} checks were not made: they need “{needed}”.",
)
NOTHING = "Nothing in it was looked at: the file could not be opened."


def listed_checks(report: Report) -> tuple[Measurement, ...]:
    """Return the measurements that say something of their own."""
    return tuple(
        each
        for each in report.measurements
        if can_apply(each, report) and needed_by(each, report) is None
    )


def can_apply(measurement: Measurement, report: Report) -> bool:
    """False for a check of a file that was not handed in and that the hand-in needs not have."""
    role = OPTIONAL_FILES.get(measurement.id)
    return (
        role is None
        or measurement.status is not Status.SKIPPED
        or report.submission.file(role) is not None
    )


def needed_by(measurement: Measurement, report: Report) -> Measurement | None:
    """Return the check because of which this one was skipped; None if it has its own reason."""
    if measurement.status is not Status.SKIPPED:
        return None
    needed = (report.measurement(id) for id in _needs(measurement.id))
    return next((each for each in needed if each is not None and not each.passed), None)


def waiting_questions(report: Report) -> frozenset[str]:
    """Return the ids of the questions that were not looked at: one line says why for all."""
    return frozenset(
        each.id.removeprefix(ids.QUESTION)
        for each in report.measurements
        if each.id.startswith(ids.QUESTION) and needed_by(each, report) is not None
    )


def not_looked_at(report: Report, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return a line for the checks that were skipped because of the same other check.

    `names` are the names of the checks in words, by id.
    """
    archive = report.measurement(ids.ARCHIVE)
    if archive is not None and archive.status is Status.FAILED:
        return (NOTHING,)
    counts: Counter[tuple[str, str, Status]] = Counter()
    for each in report.measurements:
        cause = _cause(each, report)
        if cause.id != each.id and can_apply(each, report):
            counts[_kind(each.id), cause.id, cause.status] += 1
    return tuple(
        text.counted(count, words.one, words.several, needed=names.get(cause, cause))
        for (kind, cause, status), count in counts.items()
        for words in [_SENTENCES.get((kind, cause, status), _OTHERS)]
    )


def _cause(measurement: Measurement, report: Report) -> Measurement:
    """Return the first of the checks for which this one waits, itself if it does not wait.

    A network, a notebook or a PDF that is missing is a cause: the check of the files says more.
    """
    needed = needed_by(measurement, report)
    return measurement if needed is None or needed.id == ids.LAYOUT else _cause(needed, report)


def _needs(id: str) -> Sequence[str]:
    prefix = next((each for each in ids.PREFIXES if id.startswith(each)), id)
    return NEEDS.get(prefix, ())


def _kind(id: str) -> str:
    if id.startswith(ids.QUESTION):
        return ids.QUESTION
    return _OF_PARTS if id.startswith((ids.ANSWER, ids.TABLE)) else _OF_NETWORK
