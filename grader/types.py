"""The records that flow from intake to report, and `Status`. Imports nothing of ours."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
By = Literal["machine", "person"]
Punctuality = Literal["on time", "late", "unknown"]


class Status(enum.StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"  # the hand-in's doing
    ERROR = "error"  # ours: never a zero
    SKIPPED = "skipped"  # something it needs did not pass, or is not here


class Role(enum.StrEnum):
    """What a file of the hand-in is for; the lab file names its path."""

    CHECKPOINT = "checkpoint"
    PROGRAM = "program"
    RUNNER = "runner"
    NOTEBOOK = "notebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedFile:
    """One file of the hand-in that the lab asks for.

    `name` is its path as handed in (POSIX, wrapper folder removed), `path` where intake put it.
    """

    role: Role
    name: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of a group, as the LMS knows them: `id` is the student's, where the LMS has it."""

    id: str | None = None
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a hand-in reached the LMS, as far as the LMS or a sheet of times says.

    `lms_id` is the LMS's own number of the student (Moodle: of the participant), `place` the folder
    or the beginning of the file's name that stood for it in the download. `submitted_at` is ISO
    8601 with its offset from UTC, None where no one says. `late` is the LMS's own word, None where
    it has none. `superseded` names what the same student handed in earlier. `members` are those of
    a group, the one it is graded as first; empty where one student handed it in.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One student's hand-in after intake.

    `sha256` is of the archive's bytes, or for a folder of its files' names and hashes. `layout` is
    the name of the lab's form that the files fill, None where they fill none. `handed_in` is None
    where it did not come from an LMS and nobody says when it came.
    """

    id: str
    source: Path
    sha256: str
    layout: str | None = None
    files: tuple[SubmittedFile, ...] = ()
    handed_in: Arrival | None = None

    def file(self, role: Role) -> SubmittedFile | None:
        """The file handed in for `role`, if any."""
        return next((file for file in self.files if file.role is role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an evaluator that raised nothing found."""

    value: float
    unit: str = ""
    evidence: Mapping[str, Json] = field(default_factory=dict)
    review: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one check found: the only thing a stage hands to the scorer and the reports.

    `reason` is there for every status but PASSED, and `help` says what the student can do.
    `review` is set where the check passed but a person should look, and says at what.
    `evidence` holds JSON values only; docs/json.md lists the keys of every measurement.
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
        assert self.passed or self.reason, f"{self.id}: {self.status} needs why"

    @property
    def passed(self) -> bool:
        """Whether `value`, if any, is one to go by."""
        return self.status is Status.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line of the worked formula: `text` has the numbers in it, `value` is its result."""

    name: str
    text: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a person gave for one part of one hand-in; `at` is ISO 8601.

    `part` is a question's id, or an item's where the whole item is overridden. Without `points` an
    earlier mark is taken back: the machine's verdict, if any, counts again. `version` goes up by
    one with every mark for the same part.
    """

    student: str
    part: str
    points: float | None
    comment: str
    author: str
    at: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedQuestion:
    """Points for one question; `earned` and `by` are None while nobody has settled it.

    `reason` is the person's comment where a person did, else why the machine gave no more.
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
    """Points for one part of the lab; `earned` is None while unknown (an error, a TA's mark).

    `kind` is the lab file's: `formula`, `manual` where a person marks it, or `questions`, whose
    `earned` adds up the questions settled so far. `by` says who gave the points of the whole item;
    it is None for the sum of several questions.
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
    """When a hand-in came, and what that costs by the lab's policy.

    `submitted_at` and `due` are ISO 8601. `penalty` is the points taken off `unpenalised`, the
    total as it would be without; both are None where that total is not known. What is unknown is
    not late.
    """

    punctuality: Punctuality
    text: str
    submitted_at: str | None
    due: str
    days: int = 0
    unpenalised: float | None = None
    penalty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The points of one hand-in.

    `total` adds up what is known so far; it is None when the machine owes the formula's points, so
    that an error of ours is never read as a zero. `pending` is what nobody has settled yet, at its
    most: a total with points pending is the least that the hand-in can come to.
    `estimate` says that the accuracy came from a sample and the total is not the grade.
    `lateness` is None where nothing is known of when it was handed in; its penalty, if any, is
    taken off `total`, never off the items.
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
    """What a hand-in was measured with, and when (ISO 8601); kept with its measurements."""

    grader: str
    data_sha256: str
    data_images: int
    isolation: str
    machine: str
    packages: Mapping[str, str]
    measured_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A hand-in, everything measured of it so far, and what that was measured with."""

    submission: Submission
    measurements: tuple[Measurement, ...]
    setup: Setup

    def passed(self, id: str) -> bool:
        """Whether the measurement `id` was made and passed."""
        return any(each.id == id and each.passed for each in self.measurements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance(Setup):
    """What a result depends on besides the hand-in, so that it can be repeated.

    `lab`, `lab_sha256` and `graded_at` are those of the scoring, which may come long after the
    measuring and by another formula.
    """

    lab: str
    lab_sha256: str
    graded_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything there is to say of one hand-in; every renderer takes one of these."""

    submission: Submission
    measurements: tuple[Measurement, ...]
    grade: Grade
    provenance: Provenance

    def measurement(self, id: str) -> Measurement | None:
        """The measurement with this id, if it was attempted."""
        return next((found for found in self.measurements if found.id == id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Progress of one hand-in: `done` of `of` parts of `step` are finished."""

    student: str
    step: str
    done: int
    of: int
