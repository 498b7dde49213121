import dataclasses
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.deadline import Deadline
from grader.labs.item import Item, Level
from grader.labs.kinds import load_lab, network_lab
from grader.labs.network_lab import NetworkLab
from grader.scoring.grade import grade
from grader.types import (
    Arrival,
    Grade,
    GradedQuestion,
    GradeItem,
    Json,
    Mark,
    Measurement,
    Role,
    Status,
)

LAB = network_lab()
ORIGINAL = network_lab("prune-mobilenet-2024-original")
DUE = LAB.model_copy(
    update={
        "items": (*LAB.items, Item(id="time", title="On time", points=2, kind="on-time")),
        "deadline": Deadline(due=datetime(2026, 3, 2, 23, 55), zone="Asia/Taipei"),
    }
)

TOO_OLD = "model/mobilenet.pte was made by an ExecuTorch that today's runtime no longer reads."
IDS = (
    *("intake.archive", "intake.layout", "structure.lineage", "mflops"),
    *("accuracy.pytorch", "accuracy.executorch", "accuracy.program", "latency.executorch"),
)


def passed(id: str, value: float | None = None, **evidence: Json) -> Measurement:
    """A measurement without fault."""
    return Measurement(id=id, status=Status.PASSED, value=value, evidence=evidence)


def failed(id: str, reason: str, **evidence: Json) -> Measurement:
    """A check that the hand-in did not pass."""
    return Measurement(id=id, status=Status.FAILED, reason=reason, evidence=evidence)


def error(id: str) -> Measurement:
    """A check that the grader could not make."""
    return Measurement(id=id, status=Status.ERROR, reason=f"{id} broke.")


def skipped(id: str, reason: str) -> Measurement:
    """A check that something else kept from being made."""
    return Measurement(id=id, status=Status.SKIPPED, reason=reason)


def roles(*handed_in: Role) -> list[Json]:
    """A layout's evidence of the files handed in."""
    return [{"role": role.value} for role in handed_in]


ALL_FILES = roles(*Role)
GOOD: Mapping[str, Measurement] = {
    "intake.archive": passed("intake.archive"),
    "intake.layout": passed("intake.layout", files=ALL_FILES),
    "structure.lineage": passed("structure.lineage", 400_000),
    "mflops": passed("mflops", 45.0),
    "accuracy.pytorch": passed("accuracy.pytorch", 0.92, sample=False),
    "accuracy.executorch": passed("accuracy.executorch", 0.92),
    "accuracy.program": passed("accuracy.program", 0.91, sample=False),
    "latency.executorch": passed("latency.executorch", 3.5),
}


def graded(*others: Measurement, lab: NetworkLab = LAB) -> Grade:
    """The grade of a hand-in at the goal, with `others` in the place of what it measured."""
    return grade(lab, tuple({**GOOD, **{each.id: each for each in others}}.values()))


def formula(result: Grade) -> GradeItem:
    """The item that the formula fills."""
    return next(item for item in result.items if item.id == "part2.formula")


def blocked(cause: Measurement, lab: NetworkLab = LAB) -> Grade:
    """The grade where everything after `cause` needed it and was skipped."""
    after = IDS[IDS.index(cause.id) + 1 :]
    because = f"It needs {cause.id}."
    rest = [skipped(id, because) for id in after if id != "intake.layout"]
    return graded(cause, *rest, lab=lab)


def test_a_hand_in_at_the_goal() -> None:
    """45 points by the formula, 55 for a person to give, nothing to look at."""
    result = graded()
    assert (result.total, result.pending) == (45, 55)
    assert (result.needs_review, result.review, result.estimate) == (False, (), False)
    earned = [(item.id, item.earned, item.possible, item.status) for item in result.items]
    assert earned == [
        ("part1", None, 50, Status.SKIPPED),
        ("part2.formula", 45, 45, Status.PASSED),
        ("part2.approach", None, 5, Status.SKIPPED),
    ]
    assert [item.reason for item in result.items] == [
        "50 of 50 points are pending.",
        None,
        "5 of 5 points are pending.",
    ]
    assert [term.name for term in formula(result).terms] == [
        "MFLOPs term",
        "Accuracy penalty",
        "Score",
    ]


@pytest.mark.parametrize(
    "id", ["intake.archive", "structure.lineage", "mflops", "accuracy.pytorch", "batch.worker"]
)
def test_our_error_is_never_a_zero(id: str) -> None:
    """If the grader could not measure something, the total is unknown and needs a review."""
    result = graded(error(id))
    assert result.total is None
    assert (formula(result).earned, formula(result).status) == (None, Status.ERROR)
    assert formula(result).reason == f"{id} broke."
    assert result.needs_review
    assert f"{id}: {id} broke." in result.review


def test_an_error_beside_a_fault_is_not_a_zero() -> None:
    """With an error of the grader, the fault may be the grader's too."""
    result = graded(error("structure.lineage"), failed("mflops", "Too many."))
    assert result.total is None


@pytest.mark.parametrize("id", ["accuracy.executorch", "latency.executorch"])
def test_an_error_in_what_does_not_count_leaves_the_score(id: str) -> None:
    """The latency earns no points: the score is unchanged, and the review lists the error."""
    result = graded(error(id))
    assert (result.total, result.needs_review) == (45, True)


@pytest.mark.parametrize("id", ["intake.archive", "structure.lineage"])
def test_a_fault_of_the_hand_in_is_a_zero_with_its_reason(id: str) -> None:
    """No MobileNetV2, no points; what was skipped because of it is not the reason."""
    result = blocked(failed(id, "This is not MobileNetV2."))
    assert (result.total, result.needs_review) == (0, False)
    item = formula(result)
    assert (item.earned, item.status, item.terms) == (0, Status.FAILED, ())
    assert item.reason == "This is not MobileNetV2."


def test_a_missing_checkpoint_is_a_zero_with_the_layouts_reason() -> None:
    """The layout failed because it is missing, and there was nothing to measure."""
    missing = failed("intake.layout", "mobilenet.pth is missing.", files=roles(Role.NOTEBOOK))
    result = blocked(missing)
    assert result.total == 0
    assert formula(result).reason == "mobilenet.pth is missing."
    assert not result.needs_review


def test_a_missing_notebook_costs_part_2_nothing_but_a_look() -> None:
    """The checkpoint was measured: it scores, and the layout's reason goes to the review."""
    result = graded(failed("intake.layout", "1.ipynb is missing.", files=roles(Role.CHECKPOINT)))
    assert result.total == 45
    assert formula(result).status is Status.PASSED
    assert (result.needs_review, result.review) == (True, ("intake.layout: 1.ipynb is missing.",))


def test_a_missing_notebook_is_not_the_reason_of_another_fault() -> None:
    """A checkpoint that is no MobileNetV2 is why there are no points, notebook or not."""
    layout = failed("intake.layout", "1.ipynb is missing.", files=roles(Role.CHECKPOINT))
    lineage = failed("structure.lineage", "This is not MobileNetV2.")
    rest = [skipped(id, "It needs structure.lineage.") for id in IDS[3:]]
    result = graded(layout, lineage, *rest)
    assert (result.total, formula(result).reason) == (0, "This is not MobileNetV2.")


def test_the_judge_is_the_labs() -> None:
    """The rule before the update takes the .pte's 91 %: a tenth less."""
    assert graded(lab=ORIGINAL).total == pytest.approx(40.5)
    assert graded().total == 45


BROKEN = failed("accuracy.runner", "xnn_executor_runner failed: it crashed (SIGSEGV).")
DOUBTED = dataclasses.replace(
    passed("accuracy.runner", 0.90, sample=False), review="it printed 0.9000"
)


def test_the_runners_own_number_counts_where_it_is_judged() -> None:
    """Two points below the goal cost a fifth, and what is doubtful about it is looked at."""
    result = graded(DOUBTED, lab=ORIGINAL)
    assert result.total == pytest.approx(36)
    assert result.review == ("accuracy.runner: it printed 0.9000",)
    assert graded(DOUBTED).total == 45


@pytest.mark.parametrize("why", [TOO_OLD, "model/mobilenet.pte needs isolation to be run."])
def test_a_runners_number_beside_a_program_that_was_not_run_goes_to_a_person(why: str) -> None:
    """Nothing confirms the number, which counts; where it does not count, nobody need look."""
    runner = passed("accuracy.runner", 0.92, sample=False)
    result = graded(runner, skipped("accuracy.program", why), lab=ORIGINAL)
    assert result.total == 45
    assert [each.split(":")[0] for each in result.review] == ["accuracy.runner"]
    assert why in result.review[0]
    assert graded(runner, lab=ORIGINAL).review == ()
    assert graded(runner, skipped("accuracy.program", why)).review == ()


def test_a_runners_number_beside_a_program_that_fails_goes_to_a_person() -> None:
    """One reason, the program's own."""
    runner = passed("accuracy.runner", 0.92, sample=False)
    result = graded(runner, failed("accuracy.program", "It is damaged."), lab=ORIGINAL)
    assert (result.total, result.review) == (45, ("accuracy.program: It is damaged.",))


@pytest.mark.parametrize(
    "runner",
    [BROKEN, error("accuracy.runner"), skipped("accuracy.runner", "It needs a device.")],
)
def test_the_program_stands_in_for_a_runner_that_gives_no_number(runner: Measurement) -> None:
    """The cause does not matter; a failure or an error is in the review."""
    result = graded(runner, lab=ORIGINAL)
    assert result.total == pytest.approx(40.5)
    looked_at = () if runner.status is Status.SKIPPED else (f"{runner.id}: {runner.reason}",)
    assert result.review == looked_at


@pytest.mark.parametrize(
    "program", [skipped("accuracy.program", TOO_OLD), error("accuracy.program")]
)
def test_a_runner_that_breaks_is_no_zero_while_its_program_is_unsettled(
    program: Measurement,
) -> None:
    """A program that could not be measured leaves the score unknown."""
    assert graded(BROKEN, program, lab=ORIGINAL).total is None
    both = graded(BROKEN, failed("accuracy.program", "It does not load."), lab=ORIGINAL)
    assert (both.total, formula(both).reason) == (0, BROKEN.reason)


def test_what_an_emulator_said_never_counts() -> None:
    """A runner that needs a device leaves the score open where its program cannot be run either."""
    shown: dict[str, Json] = {"printed": "0.99", "sample": True, "emulated": "qemu-aarch64"}
    tried = dataclasses.replace(skipped("accuracy.runner", "It needs a device."), evidence=shown)
    result = graded(tried, skipped("accuracy.program", TOO_OLD), lab=ORIGINAL)
    assert (result.total, formula(result).reason) == (None, tried.reason)
    stood_in = graded(tried, lab=ORIGINAL)
    assert stood_in.total == pytest.approx(40.5)
    assert not stood_in.estimate


def test_a_program_too_old_to_run_leaves_the_score_open() -> None:
    """The original rule then has no accuracy: a person decides, it is not a zero."""
    result = graded(skipped("accuracy.program", TOO_OLD), lab=ORIGINAL)
    assert result.total is None
    assert (formula(result).status, formula(result).reason) == (Status.SKIPPED, TOO_OLD)
    assert result.review == (f"part2.formula: {TOO_OLD}",)
    assert graded(skipped("accuracy.program", TOO_OLD)).total == 45


def test_a_missing_notebook_does_not_turn_that_into_a_zero() -> None:
    """The program was not judged because of its age, not because of the layout."""
    files = roles(Role.CHECKPOINT, Role.PROGRAM, Role.RUNNER)
    layout = failed("intake.layout", "1.ipynb is missing.", files=files)
    result = graded(layout, skipped("accuracy.program", TOO_OLD), lab=ORIGINAL)
    assert result.total is None
    assert set(result.review) == {
        f"part2.formula: {TOO_OLD}",
        "intake.layout: 1.ipynb is missing.",
    }


def test_a_missing_program_is_a_zero_where_it_is_judged() -> None:
    """The original rule asks for a .pte; the updated one does without it."""
    layout = failed("intake.layout", "mobilenet.pte is missing.", files=roles(Role.CHECKPOINT))
    none = skipped("accuracy.program", "No .pte was handed in.")
    result = graded(layout, none, lab=ORIGINAL)
    assert (result.total, formula(result).reason) == (0, "mobilenet.pte is missing.")
    assert graded(none).total == 45


def test_another_networks_program_is_a_zero_only_where_it_is_judged() -> None:
    """It costs everything under the original rule, and nothing under the updated one."""
    fault = failed("accuracy.program", "It is not the network of the .pth.")
    assert graded(fault, lab=ORIGINAL).total == 0
    assert graded(fault).total == 45


def test_a_sample_gives_an_estimate() -> None:
    """The accuracy that counts came from the sample: the total is not the grade."""
    estimated = graded(passed("accuracy.pytorch", 0.92, sample=True))
    assert (estimated.estimate, estimated.total) == (True, 45)
    assert not graded(passed("accuracy.pytorch", 0.92, sample=True), lab=ORIGINAL).estimate


def test_what_a_check_wants_looked_at_is_in_the_review() -> None:
    """A check that passed with a doubt keeps its points and asks for a person."""
    doubtful = dataclasses.replace(GOOD["structure.lineage"], review="It answers differently.")
    result = graded(doubtful)
    assert (result.total, result.needs_review) == (45, True)
    assert result.review == ("structure.lineage: It answers differently.",)


@given(missing=st.sets(st.sampled_from(IDS)))
def test_missing_evidence_is_never_points(missing: set[str]) -> None:
    """With any measurement missing: 45 points only with MFLOPs and accuracy, else unknown."""
    result = grade(LAB, [each for id, each in GOOD.items() if id not in missing])
    counted = not missing & {"mflops", "accuracy.pytorch"}
    assert result.total == (45 if counted else None)
    assert result.needs_review is not counted


@given(
    statuses=st.lists(st.sampled_from(Status), min_size=len(IDS), max_size=len(IDS)),
    lab=st.sampled_from([LAB, ORIGINAL]),
)
def test_points_need_everything_that_counts(statuses: list[Status], lab: NetworkLab) -> None:
    """For all statuses: an ERROR that counts gives no total, and only PASSED gives points."""
    measurements = [
        dataclasses.replace(GOOD[id], status=status, reason="Why.")
        for id, status in zip(IDS, statuses, strict=True)
    ]
    result = grade(lab, measurements)
    by_id = dict(zip(IDS, statuses, strict=True))
    judge = "accuracy.pytorch" if lab is LAB else "accuracy.program"
    counting = [by_id[id] for id in ("intake.archive", "structure.lineage", "mflops", judge)]
    if Status.ERROR in counting:
        assert result.total is None
    if result.total:
        assert by_id["mflops"] is by_id[judge] is Status.PASSED
        assert not {Status.ERROR, Status.FAILED} & set(counting)
    if result.total is None:
        assert result.needs_review


def mark(part: str, points: float | None, comment: str = "") -> Mark:
    """A mark by a person."""
    return Mark(
        person="id:1",
        student="1",
        part=part,
        points=points,
        comment=comment,
        author="ta",
        at="2024-04-05T09:00:00+00:00",
        version=1,
    )


def marked(*marks: Mark, measured: tuple[Measurement, ...] = ()) -> Grade:
    """The grade of a hand-in at the goal, with these questions measured and these marks."""
    return grade(LAB, (*GOOD.values(), *measured), {each.part: each for each in marks})


def questions(result: Grade) -> dict[str, GradedQuestion]:
    """Every question of the grade by its id."""
    return {each.id: each for item in result.items for each in item.questions}


HALF = failed("question.2", "Off by one.", held=["shape", "largest", "mask", "unheard of"])


def test_what_holds_is_worth_the_labs_points() -> None:
    """A question that failed earns what its properties say, and fails and pends nothing else."""
    result = marked(measured=(HALF, passed("question.3", 1.0, held=["nonzeros"])))
    found = questions(result)
    assert (found["2"].earned, found["2"].by, found["2"].reason) == (7, "machine", "Off by one.")
    assert (found["3"].earned, found["3"].possible) == (5, 5)
    assert (result.total, result.pending, result.review) == (57, 35, ())
    assert (result.items[0].earned, result.items[0].status) == (12, Status.SKIPPED)


@pytest.mark.parametrize("measured", [error("question.2"), skipped("question.2", "Not found.")])
def test_a_question_that_nobody_settled_is_no_zero(measured: Measurement) -> None:
    """Not found, or an error of the grader: its points are pending, the total is a minimum."""
    result = marked(measured=(measured,))
    assert (questions(result)["2"].earned, result.total, result.pending) == (None, 45, 55)
    assert result.needs_review is (measured.status is Status.ERROR)


def test_a_persons_mark_counts_in_the_machines_place() -> None:
    """Its points and comment replace the machine's; taken back, the machine's count again."""
    given = marked(mark("2", 14.5, "Fine."), mark("1.1", 2), measured=(HALF,))
    found = questions(given)["2"]
    assert (found.earned, found.by, found.reason) == (14.5, "person", "Fine.")
    assert (given.total, given.pending) == (61.5, 38)
    back = marked(mark("2", None), measured=(HALF,))
    assert questions(back)["2"].earned == 7
    assert marked(mark("1.1", 0)).pending == 53  # a zero is given, not pending


def test_a_mark_for_a_whole_item_overrides_it() -> None:
    """A mark replaces the formula's points, even if unknown, and those of all questions."""
    owed = {**GOOD, "mflops": error("mflops")}
    marks = {"part2.formula": mark("part2.formula", 40, "By hand."), "part1": mark("part1", 48)}
    result = grade(LAB, tuple(owed.values()), marks)
    assert (result.total, result.pending) == (88, 5)
    assert (result.items[1].by, result.items[1].reason) == ("person", "By hand.")
    assert result.items[0].by == "person"


def test_what_a_person_has_settled_needs_no_review() -> None:
    """A doubt about a question is gone with its mark, and back when the mark is."""
    doubted = dataclasses.replace(
        passed("question.5", 3.0, held=["names", "size", "printed-accuracy"]), review="sizes differ"
    )
    assert marked(measured=(doubted,)).review == ("question.5: sizes differ",)
    assert marked(mark("5", 10), measured=(doubted,)).review == ()
    assert marked(mark("5", None), measured=(doubted,)).needs_review


def test_a_fully_marked_hand_in_pends_nothing() -> None:
    """The total is the grade: 45 by the formula, 55 by person."""
    result = marked(*(mark(each.id, each.points) for each in LAB.questions))
    assert (result.total, result.pending) == (100, 0)
    assert {item.status for item in result.items} == {Status.PASSED}


def test_scoring_again_by_another_lab_changes_no_measurement() -> None:
    """The same records go in twice and are the same afterwards; the two labs differ."""
    measurements = tuple(GOOD.values())
    before = repr(measurements)
    totals = {grade(lab, measurements).total for lab in (LAB, ORIGINAL, LAB)}
    assert len(totals) == 2
    assert repr(measurements) == before


def test_a_hand_in_that_may_be_anothers_is_reviewed() -> None:
    """A person decides whose it is; the points stay."""
    measurements = tuple(GOOD.values())
    certain = grade(LAB, measurements, handed_in=Arrival(lms="canvas"))
    doubted = grade(LAB, measurements, handed_in=Arrival(lms="canvas", review="whose is it?"))
    assert "student: whose is it?" in doubted.review
    assert doubted.needs_review
    assert not any("whose is it?" in each for each in certain.review)
    assert doubted.total == certain.total


def in_time(
    submitted_at: str | None, lab: NetworkLab = DUE, *marks: Mark
) -> tuple[Grade, GradeItem]:
    """The grade of a hand-in with an item for being on time, and that item."""
    arrival = Arrival(lms="canvas", name="B1", submitted_at=submitted_at)
    result = grade(lab, tuple(GOOD.values()), {each.part: each for each in marks}, arrival)
    return result, next(each for each in result.items if each.id == "time")


@pytest.mark.parametrize(
    ("submitted_at", "earned", "status"),
    [
        ("2026-03-02T15:54:59+00:00", 2.0, Status.PASSED),
        ("2026-03-02T15:55:00+00:00", 2.0, Status.PASSED),
        ("2026-03-02T15:55:01+00:00", 0.0, Status.FAILED),
        (None, None, Status.SKIPPED),
    ],
)
def test_the_time_gives_all_points_or_none(
    submitted_at: str | None, earned: float | None, status: Status
) -> None:
    """An unknown time is pending: it is neither a zero nor full points."""
    result, item = in_time(submitted_at)
    assert (item.earned, item.status) == (earned, status)
    assert result.pending == graded(*GOOD.values()).pending + (2 if earned is None else 0)
    assert item.by == (None if earned is None else "machine")
    assert (item.reason is None) == (status is Status.PASSED)


def test_without_a_due_date_or_an_lms_the_time_is_pending() -> None:
    """A person can give the points all the same."""
    undated = DUE.model_copy(update={"deadline": LAB.deadline.model_copy(update={"due": None})})
    for result, item in (
        in_time("2026-03-02T15:54:59+00:00", undated),
        (alone := grade(DUE, tuple(GOOD.values())), alone.items[-1]),
    ):
        assert (item.earned, item.status) == (None, Status.SKIPPED)
        assert result.pending >= 2
    result, item = in_time(None, DUE, mark("time", 2))
    assert (item.earned, item.by) == (2, "person")


def test_a_rubric_is_a_persons() -> None:
    """It is pending until a person gives a level's points."""
    levels = (Level(points=0, words="nothing"), Level(points=1, words="thoughtful"))
    rubric = Item(id="discussion", title="Discussion", points=1, kind="rubric", levels=levels)
    lab = LAB.model_copy(update={"items": (*LAB.items, rubric)})
    open_ = grade(lab, tuple(GOOD.values()))
    assert open_.items[-1].earned is None
    assert open_.pending == graded(*GOOD.values()).pending + 1
    given = grade(lab, tuple(GOOD.values()), {"discussion": mark("discussion", 1)})
    assert given.items[-1].earned == 1
    assert given.pending == open_.pending - 1


def test_a_write_up_without_text_is_for_a_person() -> None:
    """One that was not handed in, or that cannot be opened, has its own reason."""
    lab = load_lab("on-device-2022")
    handed_in = Measurement(id="intake.layout", status=Status.PASSED)
    scanned = Measurement(id="write-up", status=Status.SKIPPED, reason="No text on page 1.")
    graded = grade(lab, [handed_in, scanned])
    assert graded.review == ("write-up: No text on page 1.",)
    assert (graded.total, graded.pending) == (0.0, 10.0)
    refused = dataclasses.replace(handed_in, status=Status.FAILED, reason="two PDFs")
    assert grade(lab, [refused, scanned]).review == ("intake.layout: two PDFs",)
