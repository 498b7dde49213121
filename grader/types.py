"""The records that are passed from intake to report, and `Status`.

This module imports no other module of the grader.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
By = Literal["machine", "person"]
Punctuality = Literal["on time", "late", "unknown"]


class Status(enum.StrEnum):
    """The result of one check, or of a whole hand-in."""

    PASSED = "passed"
    FAILED = "failed"  # the hand-in is at fault
    ERROR = "error"  # the grader is at fault: never a zero
    SKIPPED = "skipped"  # something that the check needs did not pass or is missing


class Role(enum.StrEnum):
    """The purpose of a file of the hand-in; the lab file has its path."""

    CHECKPOINT = "checkpoint"
    PROGRAM = "program"
    RUNNER = "runner"
    NOTEBOOK = "notebook"
    WRITE_UP = "write-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedFile:
    """One file of the hand-in that the lab asks for.

    `name` is its path as handed in (POSIX, without a wrapper folder), `path` is the unpacked file,
    `size` is in bytes.
    """

    role: Role
    name: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a group; `id` is the student's id, None if the LMS does not give it."""

    id: str | None = None
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What somebody allowed a student beyond the due date of one lab.

    The due date is later by `days`, or it is `until` (ISO 8601 with the UTC offset), if that is
    later still. `grace_left` days of the term's `grace_budget` were left for this lab. If
    `excused`, lateness costs nothing. `unread` is the message about what the sheet says and the
    grader cannot read; None if there is nothing.
    """

    days: int = 0
    until: str | None = None
    grace_budget: int = 0
    grace_left: int = 0
    excused: bool = False
    unread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a hand-in reached the LMS, from the LMS's download or from a sheet of times.

    `lms_id` is the LMS's number of the student (Moodle: of the participant). `place` is its folder
    in the download, or the beginning of its file names. `submitted_at` is ISO 8601 with the UTC
    offset, None if unknown. `late` is what the LMS says, None if it says nothing. `superseded` has
    the names of the student's earlier hand-ins. `members` has the members of a group, first the one
    under whose id the group is graded; it is empty for the hand-in of one student. `review` says
    why it is not certain whose hand-in it is, None if it is. `extension` is None if the student has
    none.
    """

    lms: str | None = None
    lms_id: str | None = None
    name: str | None = None
    email: str | None = None
    place: str | None = None
    submitted_at: str | None = None
    late: bool | None = None
    superseded: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    review: str | None = None
    extension: Extension | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One student's hand-in after intake.

    `sha256` is that of the archive's bytes, or of a folder's file names and file hashes. `layout`
    is the name of the lab's form that the files fit, None if they fit none. `handed_in` is None if
    the hand-in is not from an LMS and its time is unknown.
    """

    id: str
    source: Path
    sha256: str
    layout: str | None = None
    files: tuple[SubmittedFile, ...] = ()
    handed_in: Arrival | None = None

    def file(self, role: Role) -> SubmittedFile | None:
        """Return the file for `role`; None if it was not handed in."""
        return next((file for file in self.files if file.role is role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of an evaluator that raised no exception.

    `review` says what a person should look at, None if nothing. `evidence` has JSON values only.
    """

    value: float
    unit: str = ""
    evidence: Mapping[str, Json] = field(default_factory=dict)
    review: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The result of one check: the only input of the scorer and the reports.

    `reason` is set for every status except PASSED, and `help` says what the student can do.
    `review` says what a person should look at although the check passed, None if nothing.
    `evidence` has JSON values only; docs/json.md lists the keys of every measurement.
    `seconds` is the duration of the check.
    """

    id: str
    status: Status
    value: float | None = None
    unit: str = ""
    reason: str | None = None
    help: str | None = None
    expected: str | None = None
    actual: str | None = None
    review: str | None = None
    evidence: Mapping[str, Json] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        assert self.passed or self.reason, f"{self.id}: {self.status} needs a reason"

    @property
    def passed(self) -> bool:
        """True if the check passed, so that `value`, if any, may be used."""
        return self.status is Status.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line of the evaluated formula: `text` has the numbers, `value` is the result."""

    name: str
    text: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The points that somebody gave a person for one part; `at` is ISO 8601.

    `person` is the key of `intake.person`, `student` the student's id at that time. `part` is a
    question's id, or an item's id if the mark overrides the whole item. `points` is None if the
    mark withdraws an earlier one: then the machine's points, if any, count again. `version`
    increases by one with every mark for the same part.
    """

    person: str
    student: str
    part: str
    points: float | None
    comment: str
    author: str
    at: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about a person's hand-in, other than points; `at` is ISO 8601.

    `subject` is `hand-in`, `cover`, or the id of what was looked at. It holds only for the `case`
    that the author saw: a hash of the hand-ins, the SHA-256 of the PDF, or the reason of the
    review. `choice` is the SHA-256 of the hand-in that counts, the box that hides a name on the
    first page of the PDF, or `looked at`; it is empty if the decision withdraws an earlier one.
    `version` increases by one with every decision on the same subject.
    """

    person: str
    student: str
    subject: str
    case: str
    choice: str
    comment: str
    author: str
    at: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedQuestion:
    """Points for one question; `earned` and `by` are None until the points are decided.

    `reason` is the comment of the person who decided, otherwise the reason why the machine gave no
    more points.
    """

    id: str
    title: str
    possible: float
    earned: float | None
    by: By | None
    status: Status
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeItem:
    """Points for one part of the lab; `earned` is None while unknown (an error, a missing mark).

    `kind` comes from the lab file: `formula`, `manual` (a person marks it), or `questions`, whose
    `earned` is the sum of the questions decided so far. `by` says who gave the points of the whole
    item; it is None for a sum of questions.
    """

    id: str
    title: str
    kind: str
    earned: float | None
    possible: float
    status: Status
    reason: str | None = None
    terms: tuple[Term, ...] = ()
    questions: tuple[GradedQuestion, ...] = ()
    by: By | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """The time of a hand-in, and the penalty by the lab's policy.

    `submitted_at` and `due` are ISO 8601; `due` includes the student's extension. `days` is the
    number of days begun since `due`, without the `grace_used` days of the student's grace budget;
    it is 0 for a student who is `excused`. `penalty` is subtracted from `unpenalised`, the total in
    points without the penalty; both are None if that total is unknown. A hand-in whose time is
    unknown is not late.
    """

    punctuality: Punctuality
    text: str
    submitted_at: str | None
    due: str
    days: int = 0
    unpenalised: float | None = None
    penalty: float | None = None
    grace_used: int = 0
    excused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The points of one hand-in.

    `total` is the sum of the points known so far. It is None if the formula's points could not be
    computed, so that an error of the grader never counts as zero. `pending` is the maximum of the
    points that are not yet decided: with pending points, `total` is the least that the hand-in can
    earn. `estimate` is true if the accuracy is that of a sample; then `total` is not the grade.
    `lateness` is None if nothing is known about the time of the hand-in; its penalty is subtracted
    from `total`, never from the items.
    """

    items: tuple[GradeItem, ...]
    total: float | None
    pending: float
    needs_review: bool
    review: tuple[str, ...] = ()
    estimate: bool = False
    lateness: Lateness | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The conditions of a hand-in's measurements, and their time (ISO 8601); stored with them.

    `measurements_version` is the first version of the grader with the same measurements, None in
    results that are older than this field: then it is `grader`. `checkpoint_key` is the option of
    that name, None if it was not given.
    """

    grader: str
    data_sha256: str
    data_images: int
    isolation: str
    machine: str
    packages: Mapping[str, str]
    measured_at: str
    checkpoint_key: str | None = None
    measurements_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A hand-in, its measurements so far, and the conditions of these measurements."""

    submission: Submission
    measurements: tuple[Measurement, ...]
    setup: Setup

    def passed(self, id: str) -> bool:
        """True if the measurement `id` was made and passed."""
        return any(each.id == id and each.passed for each in self.measurements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance(Setup):
    """Everything that a result depends on besides the hand-in, so that it can be reproduced.

    `lab`, `lab_sha256` and `graded_at` are those of the scoring, which may happen long after the
    measuring and with another formula.
    """

    lab: str
    lab_sha256: str
    graded_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole result of one hand-in; the input of every report format."""

    submission: Submission
    measurements: tuple[Measurement, ...]
    grade: Grade
    provenance: Provenance

    def measurement(self, id: str) -> Measurement | None:
        """Return the measurement with this id; None if it was not attempted."""
        return next((found for found in self.measurements if found.id == id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Progress of one hand-in: `done` of the `of` parts of `step` are finished."""

    student: str
    step: str
    done: int
    of: int
