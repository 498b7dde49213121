"""Which checks are made of a hand-in; each of them answers at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from grader.errors import Fault, GraderError, HarnessError, Skip
from grader.evaluators import run_all as running
from grader.evaluators.received import Received
from grader.evaluators.registry import EVALUATORS
from grader.evaluators.run_all import Ran, program_of, run_all
from grader.evidence import ids
from grader.types import Event, Finding, Measurement, Status
from tests.fake_stages import NOTHING, conditions

INTAKE = (Measurement(id=ids.ARCHIVE, status=Status.PASSED),)
SUBMISSION = NOTHING.submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A rebuilt hand-in of which only the program matters."""

    program: bytes = b"program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilding:
    """A lineage whose comparison passes, unless a way is given."""

    compared: "Way"
    rebuilt: Rebuilt = Rebuilt()
    parameters: float = 1.0

    def measure(self) -> Finding:
        """Compare."""
        return self.compared(None)


Way = Callable[[object], Finding]


def found(_subject: object) -> Finding:
    """A check that passes."""
    return Finding(value=0.5)


def raising(error: Exception) -> Way:
    """A check that ends like this."""

    def measure(_subject: object) -> Finding:
        raise error

    return measure


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs all checks; each passes unless a way is given for its id."""

    def start(
        ways: dict[str, Way] | None = None, watch: Callable[[Event], None] = lambda _: None
    ) -> Ran:
        given = ways or {}

        def lineage(*_: object) -> Rebuilding:
            given.get(ids.LINEAGE, found)(None)
            return Rebuilding(compared=given.get("comparison", found))

        def question(opened: object, asked: object) -> Finding:
            assert asked in conditions(tmp_path).lab.questions
            return given.get("questions", found)(opened)

        monkeypatch.setattr(running, "rebuild_submission", lineage)
        monkeypatch.setattr(running, "measure_question", question)
        registry = cast("dict[str, object]", EVALUATORS)
        for id, evaluator in EVALUATORS.items():
            monkeypatch.setitem(registry, id, replace(evaluator, measure=given.get(id, found)))
        hand_in = Received(submission=SUBMISSION, intake=INTAKE, work=tmp_path)
        return run_all(hand_in, conditions(tmp_path), watch)

    return start


def statuses(ran: Ran) -> dict[str, Status]:
    """How each check ended, the questions of one kind as one."""
    return {
        "questions" if each.id.startswith(ids.QUESTION) else each.id: each.status
        for each in ran.measurements
    }


def test_every_check_of_the_lab_is_made_once_and_in_order(run: Callable[..., Ran]) -> None:
    """Intake, lineage, the network's, the files' and then the questions."""
    ran = run()
    made = [each.id for each in ran.measurements]
    assert made[:2] == [ids.ARCHIVE, ids.LINEAGE]
    questions = [each for each in made if each.startswith(ids.QUESTION)]
    assert made[-len(questions) :] == questions
    assert made[2 : -len(questions)] == list(EVALUATORS)
    assert set(statuses(ran).values()) == {Status.PASSED}
    assert ran.program == b"program"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Fault("Another network.", help="Hand in yours."), Status.FAILED),
        (Skip("No checkpoint."), Status.SKIPPED),
        (ZeroDivisionError("a bug"), Status.ERROR),
    ],
)
def test_without_lineage_only_files_are_looked_at(
    run: Callable[..., Ran], error: Exception, status: Status
) -> None:
    """Everything that needs the network is skipped, and there is no program."""
    ran = run({ids.LINEAGE: raising(error)})
    network = set(EVALUATORS) - {ids.NOTEBOOK}
    assert statuses(ran) == {
        ids.ARCHIVE: Status.PASSED,
        ids.LINEAGE: status,
        **dict.fromkeys(network, Status.SKIPPED),
        ids.NOTEBOOK: Status.PASSED,
        "questions": Status.PASSED,
    }
    assert ran.program is None


def test_a_comparison_that_fails_leaves_what_one_made_first_would(run: Callable[..., Ran]) -> None:
    """It runs beside the measurements of the network, which are then skipped as without lineage."""
    ran = run({"comparison": raising(HarnessError("Out of memory."))})
    first = run({ids.LINEAGE: raising(HarnessError("Out of memory."))})
    assert [replace(each, seconds=0.0) for each in ran.measurements] == [
        replace(each, seconds=0.0) for each in first.measurements
    ]
    assert {each.id for each in ran.measurements if each.status is Status.ERROR} == {ids.LINEAGE}
    assert ran.program is None


def test_a_check_that_needs_another_is_skipped_with_its_name(run: Callable[..., Ran]) -> None:
    """The rest is made all the same."""
    ran = run({ids.ACCURACY: raising(ValueError("a bug"))})
    by_id = {each.id: each for each in ran.measurements}
    assert by_id[ids.ACCURACY].status is Status.ERROR
    assert by_id[ids.PROGRAM].status is Status.SKIPPED
    assert ids.ACCURACY in str(by_id[ids.PROGRAM].reason)
    assert by_id[ids.MFLOPS].passed


def test_a_program_that_does_not_run_is_not_timed(run: Callable[..., Ran]) -> None:
    """It is given on only where its own check passed."""
    assert run({ids.EXECUTORCH: raising(ValueError("a bug"))}).program is None


def test_questions_wait_for_their_notebook(run: Callable[..., Ran]) -> None:
    """One that cannot be read leaves them all open."""
    ran = run({ids.NOTEBOOK: raising(Fault("No notebook.", help="Save it."))})
    assert statuses(ran)[ids.NOTEBOOK] is Status.FAILED
    assert statuses(ran)["questions"] is Status.SKIPPED
    ran = run({"questions": raising(Fault("Wrong.", help="Right it."))})
    assert statuses(ran)["questions"] is Status.FAILED
    assert statuses(ran)[ids.NOTEBOOK] is Status.PASSED


def test_what_stops_the_batch_is_raised(run: Callable[..., Ran]) -> None:
    """A test set that is gone is no hand-in's fault."""
    with pytest.raises(GraderError, match="gone"):
        run({ids.LINEAGE: raising(GraderError("The test set is gone."))})


def test_each_step_is_heard_of_as_the_students(run: Callable[..., Ran]) -> None:
    """From its beginning to its end."""
    events: list[Event] = []
    run(watch=events.append)
    assert {event.student for event in events} == {SUBMISSION.id}
    assert [(event.step, event.done) for event in events] == [
        (id, done) for id in EVALUATORS for done in (0, 1)
    ]


def test_a_lab_without_a_role_asks_nothing_about_it(
    tmp_path: Path, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a notebook there are no questions either."""
    given = conditions(tmp_path)
    paths = {role: path for role, path in given.lab.layout.paths.items() if role != "notebook"}
    layout = given.lab.layout.model_copy(update={"paths": paths})
    bare = replace(given, lab=given.lab.model_copy(update={"layout": layout}))
    monkeypatch.setattr(f"{__name__}.conditions", lambda _work: bare)
    assert statuses(run()).keys() == {ids.ARCHIVE, ids.LINEAGE, *EVALUATORS} - {ids.NOTEBOOK}


def test_a_program_is_lowered_again_or_told_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same lineage, without any other check."""
    monkeypatch.setattr(running, "rebuild_submission", lambda *_: Rebuilding(compared=found))
    given = conditions(tmp_path)
    assert program_of(SUBMISSION, given, tmp_path, lambda _: None) == b"program"

    def refused(*_: object) -> None:
        raise Fault("Another network.", help="Hand in yours.")

    monkeypatch.setattr(running, "rebuild_submission", refused)
    with pytest.raises(Fault, match="Another network"):
        program_of(SUBMISSION, given, tmp_path, lambda _: None)
