"""Whole notebooks, from their bytes to the points of each question."""

import base64
import json
from pathlib import Path

import pytest

from grader.evaluators.conditions import NetworkConditions
from grader.sandbox.start import Isolation, best_isolation, bubblewrap_fault
from grader.scoring.grade import grade
from grader.types import Status
from tests.notebook.books import book, code, encoded, markdown, printed, shown
from tests.notebooks.filled import END, RIGHT, START, TEXTS, Book, honest
from tests.notebooks.points import ALL, CHECKED, LAB, measured, points, question, states
from tests.test_pipeline import conditions_in

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
    ),
]


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
    assert "empty" in (question(found, "1.2").reason or "")
    assert "as given" in (question(found, "2").reason or "")


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
    """It has none of the questions: no answer gets zero points, and a person is told."""
    other = encoded(book(markdown("# Lab 3: Quantization"), code("x = 1")))
    found = measured(tmp_path, other)
    assert set(points(found).values()) == {None}
    notebook = next(each for each in found.measurements if each.id == "notebook")
    assert notebook.review
    assert "of the 9 questions" in notebook.review


def test_a_notebook_that_is_none_leaves_every_question_open(tmp_path: Path) -> None:
    """It fails once, and no question is a zero for it."""
    found = measured(tmp_path, b"{}")
    assert set(points(found).values()) == {None}
    assert "notebook" in (question(found, "2").reason or "")


def test_no_cell_runs_outside_the_sandbox(tmp_path: Path) -> None:
    """A cell writes nothing outside the sandbox, and without isolation it does not run."""
    mark = tmp_path / "ran"
    body = f"    open({str(mark)!r}, 'w').write('x')\n{RIGHT}"
    book = honest().prune(body).target(f"open({str(mark)!r}, 'w').write('x')")
    assert START in book.source(book.at("def fine_grained_prune")) + END
    boxed = measured(tmp_path, book.bytes())
    assert points(boxed)["3"] is None
    bare = conditions_in(tmp_path)
    unboxed = NetworkConditions(
        lab=bare.lab, data=bare.data, isolation=Isolation.PROCESS, threads=1, work=bare.work
    )
    found = measured(tmp_path, book.bytes(), unboxed)
    assert "isolation" in (question(found, "2").reason or "")
    assert points(found)["2"] is None
    assert not mark.exists()


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
    assert notebook.review is not None
    assert "1 of the 9 questions" in notebook.review


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
