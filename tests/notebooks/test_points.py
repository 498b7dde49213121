"""Whole notebooks, from their bytes to the points of each question."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.evidence.ids import question_id
from grader.labs.spec import load_lab
from grader.notebook.checks.sparsity_dict import weights
from grader.pipeline import Conditions, measure_one
from grader.sandbox import Isolation, best_isolation, bubblewrap_fault
from grader.scoring.grade import grade
from grader.types import Json, Measured, Measurement, Status
from tests.notebook.books import book, code, encoded, markdown, printed, shown
from tests.notebooks.filled import END, RIGHT, START, TEXTS, Book, honest
from tests.small_networks import STUDENT, zipped
from tests.test_pipeline import conditions_in, ignore

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
    ),
]
LAB = load_lab()
CHECKED = ("2", "3", "5")
ALL = {"2": 15.0, "3": 5.0, "5": 10.0}

Points = Mapping[str, float | None]


def measured(folder: Path, content: bytes, conditions: Conditions | None = None) -> Measured:
    """A hand-in of this notebook, without a network, through the whole pipeline."""
    source = zipped(folder, None, **{f"{STUDENT}.ipynb": content})
    return measure_one(source, conditions or conditions_in(folder), ignore)


def points(found: Measured) -> dict[str, float | None]:
    """What the machine gives, by question."""
    result = grade(LAB, found.measurements)
    return {each.id: each.earned for item in result.items for each in item.questions}


def question(found: Measured, id: str) -> Measurement:
    """What became of one question."""
    return next(each for each in found.measurements if each.id == question_id(id))


def states(found: Measured) -> dict[str, Json]:
    """What was found for each question."""
    return {each.id: question(found, each.id).evidence["state"] for each in LAB.questions}


def test_an_honest_notebook_gets_what_the_machine_can_give(tmp_path: Path) -> None:
    """All of 2, 3 and 5; the texts wait for a person, and nothing needs a look."""
    found = measured(tmp_path, honest().bytes())
    assert points(found) == {**dict.fromkeys(TEXTS), **ALL}
    assert set(states(found).values()) == {"answered"}
    result = grade(LAB, found.measurements)
    assert (result.items[0].earned, result.pending) == (30, 25)
    assert question(found, "1.1").evidence["answer"] == TEXTS["1.1"]
    assert question(found, "5").review is None
    assert question(found, "5").evidence["printed_accuracy"] == pytest.approx(0.9295)


def test_a_blank_notebook_gets_nothing_for_code_and_waits_for_texts(tmp_path: Path) -> None:
    """Left as given is a zero with its reason; empty texts are said to be empty, never zero."""
    found = measured(tmp_path, Book().bytes())
    assert points(found) == {**dict.fromkeys(TEXTS), **dict.fromkeys(CHECKED, 0.0)}
    assert states(found) == {**dict.fromkeys(TEXTS, "empty"), **dict.fromkeys(CHECKED, "as given")}
    assert question(found, "1.2").reason == "The answer is empty. A person marks it."
    assert question(found, "2").reason == "The answer is as given."


OFF_BY_ONE = RIGHT.replace("> threshold", ">= threshold")
UNUSED = RIGHT.replace("num_zeros = round(num_elements * sparsity)", "num_zeros = 1").replace(
    ", num_zeros)", ", round(num_elements * sparsity))"
)
TOPK = """\
    keep = num_elements - round(num_elements * sparsity)
    mask = torch.zeros(num_elements)
    mask[tensor.flatten().abs().topk(keep).indices] = 1
    mask = mask.view_as(tensor).to(tensor.dtype)
"""
BY_VALUE = RIGHT.replace("torch.abs(tensor)", "tensor")
SMALLEST = RIGHT.replace("importance > threshold", "importance <= threshold")


@pytest.mark.parametrize(
    ("body", "expected", "broken"),
    [
        (RIGHT, 15, set()),
        (UNUSED, 15, set()),  # behaviour counts: a name that is wrong and unused does not
        (TOPK, 15, set()),
        (
            RIGHT.replace("mask = importance > threshold", "mask = (importance > threshold) * 1"),
            15,
            set(),
        ),
        (OFF_BY_ONE, 12, {"exact", "hard"}),
        (RIGHT.replace("round(", "int("), 13, {"exact"}),
        (BY_VALUE, 10, {"largest", "hard"}),
        (SMALLEST, 4, {"zeros", "exact", "largest", "hard"}),
        (RIGHT + "    tensor = tensor.clone()\n", 2, {"zeros", "exact", "largest", "mask", "hard"}),
        ("    mask = torch.ones_like(tensor)", 2, {"zeros", "exact", "largest", "mask", "hard"}),
        (RIGHT + "    1 / 0\n", 1, {"shape", "zeros", "exact", "largest", "mask", "hard"}),
        (
            "    while True: pass\n    mask = 1",
            0,
            {"shape", "zeros", "exact", "largest", "mask", "ends", "hard"},
        ),
        (
            "    import os; os._exit(0)\n    mask = 1",
            0,
            {"shape", "zeros", "exact", "largest", "mask", "ends", "hard"},
        ),
        (
            RIGHT + "    tensor.mul_(mask); return mask.to(torch.float8_e4m3fn)\n",
            1,
            {"shape", "zeros", "exact", "largest", "mask", "hard"},
        ),
        ("    mask = ((", 0, {"shape", "zeros", "exact", "largest", "mask", "ends", "hard"}),
    ],
    ids=[
        *(
            "kthvalue",
            "unused name",
            "topk",
            "number mask",
            "off by one",
            "rounded down",
            "by value",
            "smallest",
        ),
        *("not in place", "nothing", "raises", "endless", "exits", "odd dtype", "no python"),
    ],
)
def test_question_2_is_judged_by_what_the_function_does(
    tmp_path: Path, body: str, expected: float, broken: set[str]
) -> None:
    """Each property that holds is worth its points, however the function is written."""
    quick = conditions_in(tmp_path)
    limits = LAB.limits.model_copy(update={"notebook_seconds": 4})
    conditions = Conditions(
        lab=LAB.model_copy(update={"limits": limits}),
        data=quick.data,
        isolation=quick.isolation,
        threads=1,
        work=quick.work,
    )
    found = measured(tmp_path, honest().prune(body).bytes(), conditions)
    told = question(found, "2").evidence["broken"]
    assert isinstance(told, list)
    assert {each["property"] for each in told if isinstance(each, dict)} == broken
    assert points(found)["2"] == expected
    assert all(isinstance(each, dict) and each["why"] for each in told)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.6", 5),
        ("15/25", 5),
        ("1 - 10 / 25", 5),
        ("0.61", 5),  # round(15.25) zeros
        ("math.ceil(14.2) / 25", 5),  # worked out in the sandbox
        ("0.4", 0),
        ("10/25", 0),
        ("60", 0),  # in percent: everything goes
        ("undefined", None),
        ("'0.6'", None),
        ("10.0**400", None),
    ],
)
def test_question_3_is_worked_out(tmp_path: Path, value: str, expected: float | None) -> None:
    """10 of 25 weights have to be left; what nobody can work out is a person's."""
    assert points(measured(tmp_path, honest().target(value).bytes()))["3"] == expected


def of_all(value: str) -> tuple[str, ...]:
    """The lines of a dict of one sparsity for all layers."""
    return tuple(f"    '{name}': {value}," for name in weights(load_lab().network))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (of_all("0.77"), 10),
        (of_all("1 - 0.23"), 10),
        (of_all("0.5"), 6),  # too large
        (of_all("0.77")[1:], 8),  # a name is missing
        ((*of_all("0.77"), "    'backbone.conv0.weight': 0.5,"), 8),
        (of_all("1.77"), 8),
        (("    name: 0.77 for name in names",), None),
    ],
    ids=["right", "arithmetic", "too large", "missing", "unknown", "above 1", "by code"],
)
def test_question_5_is_read_as_data(
    tmp_path: Path, lines: tuple[str, ...], expected: float | None
) -> None:
    """Names, size and the printed accuracy each have their points; code is a person's to judge."""
    book = honest().sparsity(*lines).prints("pruner = FineGrained", "")
    assert points(measured(tmp_path, book.bytes()))["5"] == expected


def test_question_5_takes_the_accuracy_that_was_printed_last(tmp_path: Path) -> None:
    """Before fine-tuning does not count, Part 2's is another's, and none at all is no zero."""
    late = honest().prints("finetune(model", "").prints("print(f'MFLOPs=", "accuracy=93.10%\n")
    before = late.prints(
        "pruner = FineGrained", "Sparse model has accuracy=92.9% before fine-tuning"
    )
    found = question(measured(tmp_path, before.bytes()), "5")
    assert found.status is Status.SKIPPED
    assert found.evidence["held"] == ["names", "size"]
    low = honest().prints("finetune(model", "accuracy=92.50%\n")
    assert points(measured(tmp_path, low.bytes()))["5"] == 6


def test_a_size_that_was_printed_by_other_numbers_is_looked_at(tmp_path: Path) -> None:
    """The dict was changed after it was run."""
    book = honest().prints("pruner = FineGrained", "= 20.00% of dense model size\n")
    review = question(measured(tmp_path, book.bytes()), "5").review
    assert review
    assert "20.00%" in review
    assert "24.17%" in review


def test_cells_may_move(tmp_path: Path) -> None:
    """Questions in another order, and the function at the end, get the same points."""
    book = honest()
    moved = book.cells.pop(book.at("def fine_grained_prune"))
    book.cells.append(moved)
    first = book.cells[book.at("### Question 1") : book.at("## Magnitude-based")]
    del book.cells[book.at("### Question 1") : book.at("## Magnitude-based")]
    at = book.at("# Part 2")
    book.cells[at:at] = first
    found = measured(tmp_path, book.bytes())
    assert points(found) == {**dict.fromkeys(TEXTS), **ALL}
    assert question(found, "1.1").evidence["answer"] == TEXTS["1.1"]
    assert question(found, "2").evidence["cell"] == len(book.cells)


def test_answers_may_be_split_and_added_to(tmp_path: Path) -> None:
    """The answer goes on in the next cell, or in one of the student's own without the marker."""
    book = honest()
    book.insert(book.answer_cell("4.1") + 1, markdown("And then at once."))
    at = book.answer_cell("4.2")
    book.cells[at] = {"id": "own", **markdown("No, the first is the worst.")}
    helper = "def size_of(tensor):\n    return torch.abs(tensor)"
    book.insert(book.at("def fine_grained_prune"), code(helper))
    book.prune(RIGHT.replace("torch.abs(tensor)", "size_of(tensor)"))
    found = measured(tmp_path, book.bytes())
    assert question(found, "4.1").evidence["answer"] == f"{TEXTS['4.1']}\n\nAnd then at once."
    assert question(found, "4.2").evidence["answer"] == "No, the first is the worst."
    assert points(found)["2"] == 15


def test_a_deleted_question_is_not_found_and_not_a_zero(tmp_path: Path) -> None:
    """It stays pending until a person says so."""
    book = honest()
    for text in ("Question 1.1", "def fine_grained_prune", "target_sparsity = "):
        number = book.at(text)
        del book.cells[number : number + (2 if text.startswith("Q") else 1)]
    found = measured(tmp_path, book.bytes())
    lost = ("1.1", "2", "3")
    assert {id: states(found)[id] for id in lost} == dict.fromkeys(lost, "not found")
    assert {id: points(found)[id] for id in lost} == dict.fromkeys(lost)
    assert {question(found, id).status for id in lost} == {Status.SKIPPED}


def test_a_chinese_notebook(tmp_path: Path) -> None:
    """Headings and markers in Chinese, full-width forms among them, are found."""
    cells = [
        *(markdown("### 問題 1.1"), markdown("**你的答案：** 集中在零附近。")),  # noqa: RUF001
        *(markdown("### 题目 １．２"), markdown("回答：小的可以剪掉。")),  # noqa: RUF001
        markdown("## 第二題"),
        code(honest().source(honest().at("def fine_grained_prune"))),
        *(markdown("## 問題 3"), code("target_sparsity = 0.6")),
        *(markdown("**問題 4.1**"), markdown("**Your Answer:**\n\n下降。")),
        *(markdown("## 說明你的方法"), markdown("**答案**：分組剪枝。")),  # noqa: RUF001
    ]
    found = measured(tmp_path, encoded(book(*cells)))
    assert states(found) == {
        **dict.fromkeys(("1.1", "1.2", "2", "3", "4.1", "approach"), "answered"),
        **dict.fromkeys(("4.2", "4.3", "5"), "not found"),
    }
    assert points(found)["2"] == 15
    assert question(found, "1.2").evidence["answer"] == "小的可以剪掉。"


def test_another_labs_notebook_is_said_to_be_one(tmp_path: Path) -> None:
    """None of the questions is in it: nothing is a zero, and a person is told."""
    other = encoded(book(markdown("# Lab 3: Quantization"), code("x = 1")))
    found = measured(tmp_path, other)
    assert set(points(found).values()) == {None}
    notebook = next(each for each in found.measurements if each.id == "notebook")
    assert notebook.review
    assert "none of the 9 questions" in notebook.review


def test_a_notebook_that_is_none_leaves_every_question_open(tmp_path: Path) -> None:
    """It fails once, and no question is a zero for it."""
    found = measured(tmp_path, b"{}")
    assert set(points(found).values()) == {None}
    assert question(found, "2").reason == "It needs notebook, which failed."


def test_no_cell_runs_outside_the_sandbox(tmp_path: Path) -> None:
    """What a cell writes is nowhere to be seen, and without walls it does not run at all."""
    mark = tmp_path / "ran"
    body = f"    open({str(mark)!r}, 'w').write('x')\n{RIGHT}"
    book = honest().prune(body).target(f"open({str(mark)!r}, 'w').write('x')")
    assert START in book.source(book.at("def fine_grained_prune")) + END
    boxed = measured(tmp_path, book.bytes())
    assert points(boxed)["3"] is None
    bare = conditions_in(tmp_path)
    unboxed = Conditions(
        lab=bare.lab, data=bare.data, isolation=Isolation.PROCESS, threads=1, work=bare.work
    )
    found = measured(tmp_path, book.bytes(), unboxed)
    assert question(found, "2").reason == "Running a notebook's cells needs isolation."
    assert points(found)["2"] is None
    assert not mark.exists()


@pytest.mark.parametrize(
    "source",
    ["(" * 9_000, "-" * 300_000 + "1", "x" + ".y" * 100_000, "1" + "+1" * 100_000, "'\0'"],
    ids=["nested", "signs", "attributes", "sums", "nul"],
)
def test_hostile_code_gets_a_verdict(tmp_path: Path, source: str) -> None:
    """What cannot even be parsed is no answer, and no other question suffers."""
    book = honest()
    book.write(book.at("def fine_grained_prune"), f"fine_grained_prune = {source}")
    book.write(book.at("target_sparsity = "), f"target_sparsity = {source}")
    book.write(book.at("sparsity_dict = {"), f"sparsity_dict = {source}")
    found = measured(tmp_path, book.bytes())
    assert {question(found, id).status for id in CHECKED} <= {Status.FAILED, Status.SKIPPED}
    assert states(found)["1.1"] == "answered"


def another_labs() -> bytes:
    """A notebook on quantization, its questions numbered as this lab's are."""
    return encoded(
        book(
            markdown("# Lab 3: Quantization"),
            markdown("### Question 1.1\n\nHow many bits?"),
            markdown("**Your Answer:** eight."),
            markdown("## Question 2: k-means"),
            code("def k_means_quantize(tensor, bits=4):\n    return 1", printed("* Test passed.")),
            markdown("## Question 3"),
            code("num_bits = 4"),
            markdown("## Question 5"),
            code("def linear_quantize(tensor):\n    return tensor", printed("accuracy=92.95%")),
        )
    )


def test_a_notebook_of_another_lab_is_said_to_be_one(tmp_path: Path) -> None:
    """Its questions have the same numbers, and earn neither points nor a zero."""
    found = measured(tmp_path, another_labs())
    assert points(found) == dict.fromkeys((*TEXTS, *CHECKED))
    assert {id for id, state in states(found).items() if state != "not found"} == {"1.1"}
    notebook = next(each for each in found.measurements if each.id == "notebook")
    assert notebook.review == f"only 1 of the 9 questions of {LAB.title} can be found in it"


def test_pictures_and_widgets_of_two_megabytes_change_nothing(tmp_path: Path) -> None:
    """A notebook saved by Colab with a figure and every progress bar that ever ran."""
    raw = json.loads(honest().bytes())
    bar = {"model_name": "FloatProgressModel", "state": {"max": 170498071.0}}
    state = {"state": dict.fromkeys(map(str, range(6_000)), bar)}
    raw["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    figure = base64.b64encode(bytes(1_300_000)).decode()
    raw["cells"].append(code("plot()", shown({"image/png": figure, "text/plain": "<Figure>"})))
    content = encoded(raw)
    assert len(content) > 2_000_000
    assert points(measured(tmp_path, content)) == {**dict.fromkeys(TEXTS), **ALL}
