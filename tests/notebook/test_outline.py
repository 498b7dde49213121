import pytest

from grader.labs.question import Question
from grader.notebook.notebook import Notebook
from grader.notebook.outline import (
    HEADINGS_AT_MOST,
    answer_below,
    answer_line,
    outline,
    without_labels,
)
from tests.notebook.records import cell, notebook


def question(id: str) -> Question:
    """A question whose heading is its number."""
    return Question.model_validate(
        {
            "id": id,
            "item": "part1",
            "title": id,
            "points": 5,
            "kind": "text",
            "headings": [f"Question {id}"],
            "takes": "answer",
        }
    )


ONE, TWO = question("1"), question("2")


def texts(*sources: str) -> Notebook:
    """Markdown cells."""
    return notebook(*map(cell, sources))


@pytest.mark.parametrize(
    "heading",
    ["## Question 1", "<h2>Question 1</h2>", "**Question 1** (5 points)", "__Question 1__"],
)
def test_a_heading_in_any_form_asks_its_question(heading: str) -> None:
    """Markdown's, HTML's, or a line in bold."""
    (found,) = outline(texts(heading), (ONE, TWO)).headings
    assert found.question == ONE
    assert (found.cell, found.line) == (0, 0)


def test_a_heading_in_code_is_none() -> None:
    """Neither in a code cell nor between fences."""
    assert outline(texts("```\n# Question 1\n```"), (ONE,)).headings == ()
    code = notebook(cell("# Question 1", "code"))
    assert outline(code, (ONE,)).headings == ()


def test_bold_words_that_speak_of_a_question_do_not_ask_it() -> None:
    """In a bold line the question stands first."""
    (found,) = outline(texts("**As I said in Question 1**"), (ONE,)).headings
    assert found.question is None


def section(*sources: str) -> list[str]:
    """The section of Question 1 in a notebook of these Markdown cells."""
    made = outline(texts(*sources), (ONE, TWO))
    return [part.text for part in made.section(made.of(ONE)[0])]


@pytest.mark.parametrize(
    "inside",
    ["# Fine-tune", "## Fine-tune", "#### Detail", "**In bold**", "<h1>Fine-tune</h1>", "# Part 1"],
)
def test_a_section_holds_headings_of_any_depth(inside: str) -> None:
    """Its end is not where a depth says so, nor at the part in which it is."""
    assert section("# Part 1", "### Question 1", inside, "end") == ["", inside, "end"]


@pytest.mark.parametrize(
    "end",
    [
        *("### Question 2", "# Question 2", "###### Question 2", "**Question 2**"),
        *("# Part 2: Channel pruning", "##### Part 2", "**Part 2**", "# 第二部分", "## Part II"),
        *("### Question 9 (10 pts)", "## Q7.1", "### 問題 8"),
    ],
)
def test_a_section_ends_at_the_next_question_or_part(end: str) -> None:
    """In any form, also a question that the lab does not have."""
    assert section("# Part 1", "## Question 1\nbelow", "more", f"{end}\nother") == ["below", "more"]


def test_a_students_own_parts_end_nothing_in_the_last_part() -> None:
    """The steps of an approach may be called parts."""
    steps = ["### Part 1: prune", "### Part 2: tune"]
    assert section("# Part 2", "## Question 1", *steps) == ["", *steps]


def test_a_heading_in_an_answer_ends_nothing() -> None:
    """It is the student's, however important it looks."""
    made = outline(texts("## Question 1", "**Your Answer:**\n# Because\nso"), (ONE, TWO))
    (heading,) = made.of(ONE)
    assert made.section(heading)[-1].text == "**Your Answer:**\n# Because\nso"


def test_labels_in_an_answer_are_left_out() -> None:
    """The lab's and the student's own, at the beginning of a line."""
    found = answer_below("Prompt\n**Your Answer:**\n**Answer:** near zero\nThe answer: no label")
    assert found == "\nnear zero\nThe answer: no label"
    assert without_labels("答案：是\nAnswers differ") == "是\nAnswers differ"  # noqa: RUF001


def test_the_heading_of_a_cell_is_its_first_line() -> None:
    """Lines in bold rank below every heading."""
    made = outline(texts("\n\n## First\ntext", "text\n# Later", "**Bold**"), ())
    first = made.heading_of(0)
    assert first is not None
    assert (first.text, first.depth) == ("First", 2)
    assert made.heading_of(1) is None
    assert made.heading_of(2) is None


def test_headings_without_end_are_cut() -> None:
    """Each is looked at for every question."""
    assert len(outline(texts("# x\n" * 2 * HEADINGS_AT_MOST), (ONE,)).headings) == (
        HEADINGS_AT_MOST
    )


@pytest.mark.parametrize(
    ("text", "line", "below"),
    [
        ("Prompt\n**Your Answer:** near zero\nmore", 1, " near zero\nmore"),
        ("> Answer: yes", 0, " yes"),
        ("答案:是", 0, "是"),
        ("No words that begin one", None, None),
    ],
)
def test_where_an_answer_begins(text: str, line: int | None, below: str | None) -> None:
    """After the words that begin it, in English or Chinese."""
    assert answer_line(text) == line
    found = answer_below(text)
    assert (None if found is None else found.strip()) == (None if below is None else below.strip())


def test_a_part_ends_a_section_inside_a_merged_cell() -> None:
    """Below an answer too, if its heading is higher than the question's."""
    merged = "### Question 1.2 (3%)\n\n**Your Answer:** yes\n\n# Part 1: Pruning\n\nWords."
    asked = question("1.2")
    found = outline(notebook(cell(merged)), [asked])
    (heading,) = found.of(asked)
    (part,) = found.section(heading)
    assert "Words" not in part.text
