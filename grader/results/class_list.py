"""The hand-ins of a class: those graded before, and those graded now."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, fields, replace

from grader.intake.inside import whole_of
from grader.intake.names import same_on_some_system
from grader.intake.person import person_of
from grader.types import Arrival, Measured, Report, Setup, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassList:
    """All hand-ins of a class, and the number of people by what this run did.

    `added` have their first hand-in in this run, `again` are those whose hand-in changed, and
    `kept` are the others.
    """

    hand_ins: tuple[Measured, ...]
    added: int
    again: int
    kept: int


def measured_of(report: Report) -> Measured:
    """Return what was measured of a report's hand-in."""
    made = report.provenance
    return Measured(
        submission=report.submission,
        measurements=report.measurements,
        setup=Setup(**{each.name: getattr(made, each.name) for each in fields(Setup)}),
    )


def joined(before: Sequence[Measured], now: Sequence[Measured]) -> ClassList:
    """Return the class of `before` with the hand-ins of `now`.

    A hand-in with the same bytes, of the same file, or of a person whom the LMS numbers replaces
    the earlier ones of that person. Any other second hand-in of a person is added: somebody chooses
    which counts. A bare zip with the bytes and the id of a hand-in from an LMS is that hand-in.
    """
    people = {person_of(each.submission) for each in before}
    new = _by_key(_with_own_ids(before, now))
    of_person = defaultdict(list)
    for (person, _), each in new.items():
        of_person[person].append(each.submission)
    kept = {
        key: each
        for key, each in _by_key(before).items()
        if not any(_replaces(other, each.submission) for other in of_person[key[0]])
    }
    hand_ins = _known_by_the_lms((kept | new).values())
    found = {person_of(each.submission) for each in hand_ins}
    same = set(_by_key(before)) & set(_by_key(hand_ins))
    changed = {key[0] for key in set(_by_key(hand_ins)) - same} & people
    return ClassList(
        hand_ins=hand_ins,
        added=len(found - people),
        again=len(changed),
        kept=len(found & people) - len(changed),
    )


def with_known_times(before: Iterable[Submission], now: Iterable[Measured]) -> tuple[Measured, ...]:
    """Return `now` with the times of the same hand-ins that only an earlier grading knew.

    So a class that is graded again without its sheet of times keeps its penalties.
    """
    known = {
        _key(each): each.handed_in
        for each in before
        if each.handed_in is not None and each.handed_in.submitted_at is not None
    }
    return tuple(_timed(each, known.get(_key(each.submission))) for each in now)


def _timed(measured: Measured, earlier: Arrival | None) -> Measured:
    arrival = measured.submission.handed_in
    if earlier is None or (arrival is not None and arrival.submitted_at is not None):
        return measured
    arrival = replace(arrival or earlier, submitted_at=earlier.submitted_at)
    return replace(measured, submission=replace(measured.submission, handed_in=arrival))


def with_extensions(class_: ClassList, extended: Callable[[Submission], Submission]) -> ClassList:
    """Return the class with the extension of each student, of which `extended` knows."""
    return replace(
        class_,
        hand_ins=tuple(
            replace(each, submission=extended(each.submission)) for each in class_.hand_ins
        ),
    )


_Key = tuple[str, str]


def _key(submission: Submission) -> _Key:
    return person_of(submission), submission.sha256


def _by_key(hand_ins: Iterable[Measured]) -> dict[_Key, Measured]:
    return {_key(each.submission): each for each in hand_ins}


def _replaces(new: Submission, old: Submission) -> bool:
    """True if the hand-in `new` takes the place of `old`, an earlier one of the same person."""
    return not _has_id_only(new) or whole_of(new.source) == whole_of(old.source)


def _has_id_only(submission: Submission) -> bool:
    return person_of(submission).startswith("id:")


def _known_by_the_lms(hand_ins: Iterable[Measured]) -> tuple[Measured, ...]:
    """Return the hand-ins without bare zips that are also there as hand-ins from an LMS."""
    every = list(hand_ins)
    numbered = {_bytes(each.submission) for each in every if not _has_id_only(each.submission)}
    return tuple(
        each
        for each in every
        if not (_has_id_only(each.submission) and _bytes(each.submission) in numbered)
    )


def _bytes(submission: Submission) -> _Key:
    return same_on_some_system(submission.id), submission.sha256


def _with_own_ids(before: Sequence[Measured], now: Sequence[Measured]) -> tuple[Measured, ...]:
    """Return `now` with another id for those whose id another person has already.

    The new id ends with the LMS's number, or for a file that came without an LMS with `~2`; a
    person looks whose the hand-in is.
    """
    owners: dict[str, set[str]] = {}
    hashes: dict[str, set[str]] = {}
    for each in (*before, *now):
        id = same_on_some_system(each.submission.id)
        owners.setdefault(id, set()).add(person_of(each.submission))
        hashes.setdefault(id, set()).add(each.submission.sha256)
    mine = {person_of(each.submission): each.submission.id for each in before}
    numbered = {
        same_on_some_system(each.submission.id)
        for each in before
        if not _has_id_only(each.submission)
    }
    renamed = {
        same_on_some_system(each.submission.id.rpartition("~")[0]): each.submission.id
        for each in before
        if _was_renamed(each.submission)
    }
    found = []
    for each in now:
        submission = each.submission
        id, person = same_on_some_system(submission.id), person_of(submission)
        if person in mine:  # the id of a person stays
            submission = replace(submission, id=mine[person])
        elif not _has_id_only(submission) and len(owners[id]) > 1 and len(hashes[id]) > 1:
            submission = _apart(submission, owners)
            owners[same_on_some_system(submission.id)] = {person}
        elif _has_id_only(submission) and id in numbered and len(hashes[id]) > 1:
            own = renamed.setdefault(id, _unused(submission.id, owners))
            submission = _looked_at(submission, own)
            owners[same_on_some_system(own)] = {person_of(submission)}
        found.append(replace(each, submission=submission))
    return tuple(found)


def _apart(submission: Submission, taken: Container[str]) -> Submission:
    came = submission.handed_in
    assert came is not None
    id = f"{submission.id}-{came.lms_id}"
    while same_on_some_system(id) in taken:
        id += f"-{came.lms_id}"
    return _looked_at(submission, id)


def _unused(id: str, taken: Container[str]) -> str:
    numbers = itertools.count(2)
    return next(
        f"{id}~{each}" for each in numbers if same_on_some_system(f"{id}~{each}") not in taken
    )


def _was_renamed(submission: Submission) -> bool:
    """True if `_unused` gave the hand-in its id."""
    came = submission.handed_in
    return "~" in submission.id and came is not None and came.lms is None and bool(came.review)


def _looked_at(submission: Submission, id: str) -> Submission:
    """Return the hand-in under its own `id`; a person looks whose it is."""
    came = submission.handed_in or Arrival()
    note = f"Another hand-in has the id {submission.id} too."
    review = " ".join(filter(None, (came.review, note)))
    return replace(submission, id=id, handed_in=replace(came, review=review))
