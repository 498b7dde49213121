"""Every hostile program, run by the evaluator in a real sandbox."""

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.errors import Fault, Skip
from grader.evaluators.executorch import measure_submitted
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.types import Finding, Measurement, Role, Status
from tests.hostile.case import Case
from tests.hostile.processes import gone
from tests.hostile.programs import CASES, MAY_CRASH, NEVER_RETURNS, graph_bomb
from tests.sandbox.tiers import needs_bubblewrap
from tests.small_networks import handed_in, small, small_program, subject

pytestmark = [needs_bubblewrap, pytest.mark.slow, pytest.mark.system]
IMAGES = 8
AT_ONCE = 2
SECONDS = 20  # of processor time, of which starting takes two
NEVER_RETURNS_SECONDS = 4

Judge = Callable[[Case], Measurement]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> RebuiltSubmission:
    """The hand-in that every program comes with; its network's answers are computed once."""
    made = limited(subject(small(), tmp_path_factory.mktemp("known"), images=IMAGES), SECONDS)
    assert len(made.decided.classes) == IMAGES
    return made


@pytest.fixture(scope="module")
def judge(known: RebuiltSubmission, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Gives a case's verdict, and has the next one's made meanwhile."""
    cases = (*CASES, *MAY_CRASH)
    verdicts: dict[str, Future[Measurement]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def give(case: Case) -> Measurement:
            at = cases.index(case)
            for each in cases[at : at + AT_ONCE]:
                if each.name not in verdicts:
                    folder = tmp_path_factory.mktemp("case")
                    verdicts[each.name] = pool.submit(verdict, each, known, folder)
            return verdicts[case.name].result()

        yield give


def limited(made: RebuiltSubmission, seconds: int) -> RebuiltSubmission:
    """The same with little time for programs, and nothing computed but its program."""
    limits = made.lab.limits.model_copy(update={"program_seconds": seconds})
    lab = made.lab.model_copy(update={"limits": limits})
    again = dataclasses.replace(made, lab=lab)
    vars(again)["program"] = small_program()
    return again


def verdict(case: Case, known: RebuiltSubmission, folder: Path) -> Measurement:
    """Return the measurement of the case's program; it leaves no files."""
    work, program = folder / "work", case.make()
    work.mkdir()
    path = work / "program"
    path.write_bytes(program)
    files = (*known.submission.files, handed_in(Role.PROGRAM, "model/mobilenet.pte", path))
    submission = dataclasses.replace(known.submission, files=files)
    asked = dataclasses.replace(known, submission=submission, work=work)
    vars(asked)["decided"] = known.decided
    measurement = measured(case.check, asked)
    assert {each.name for each in folder.rglob("*")} == {"work", "program", "pixels.bin"}
    assert path.read_bytes() == program
    assert gone(str(folder))  # bubblewrap names the files that it shows
    return measurement


def measured(id: str, asked: RebuiltSubmission) -> Measurement:
    """As the pipeline has it; what is no verdict is not caught."""
    try:
        found: Finding = measure_submitted(asked)
    except Fault as fault:
        return Measurement(id=id, status=Status.FAILED, reason=fault.reason, help=fault.help)
    except Skip as skip:
        return Measurement(id=id, status=Status.SKIPPED, reason=skip.reason, help=skip.help)
    return Measurement(id=id, status=Status.PASSED, value=found.value, evidence=found.evidence)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_typed_and_says_why(case: Case, judge: Judge) -> None:
    """A hostile program gets its verdict in words a student can act on, and leaves nothing."""
    found = judge(case)
    reason = found.reason or ""
    assert (found.status, case.says in reason) == (case.status, True), reason
    assert reason.isprintable()
    assert found.help or found.evidence["agreement"] == 1


@pytest.mark.parametrize("case", MAY_CRASH, ids=str)
def test_what_may_crash_takes_the_child_only(
    case: Case, judge: Judge, known: RebuiltSubmission
) -> None:
    """However the runtime ends, there is a verdict; it passes only if it agrees all the same."""
    found = judge(case)
    assert found.status is not Status.ERROR
    if found.status is Status.PASSED:
        agreement = found.evidence["agreement"]
        assert isinstance(agreement, float)
        assert agreement >= known.lab.accuracy.same_network_agreement
    else:
        assert case.says in (found.reason or "")
        assert found.help


def test_a_program_that_never_returns_is_stopped(known: RebuiltSubmission, tmp_path: Path) -> None:
    """It has the lab's processor time; running out of that is its own fault."""
    hurried = limited(known, NEVER_RETURNS_SECONDS)
    vars(hurried)["decided"] = known.decided
    found = verdict(NEVER_RETURNS, hurried, tmp_path)
    assert found.status is NEVER_RETURNS.status
    assert NEVER_RETURNS.says in (found.reason or "")


def test_a_real_program_of_2024_is_run(
    known: RebuiltSubmission, tmp_path: Path, cases: Path
) -> None:
    """A program of the lab's first year runs, and is not the network of the small .pth."""
    case = dataclasses.replace(CASES[0], make=(cases / "case-b.pte").read_bytes)
    found = verdict(case, known, tmp_path)
    assert found.status is Status.FAILED
    assert "not the network of the .pth" in (found.reason or "")


def test_a_conversion_that_takes_too_long_is_no_fault(
    known: RebuiltSubmission, tmp_path: Path
) -> None:
    """It is stopped at the limit of processor time, and a person decides."""
    hurried = limited(known, NEVER_RETURNS_SECONDS)
    vars(hurried)["decided"] = known.decided
    bomb = dataclasses.replace(CASES[0], make=lambda: graph_bomb(20_000))
    found = verdict(bomb, hurried, tmp_path)
    assert found.status is Status.SKIPPED
    assert "processor time" in (found.reason or "")
