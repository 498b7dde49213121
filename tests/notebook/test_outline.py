import pytest

from grader.labs.question import Question
from grader.notebook.notebook import Notebook
from grader.notebook.outline import HEADINGS_AT_MOST, answer_below, answer_line, outline
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


def test_a_section_goes_to_the_next_question() -> None:
    """A smaller heading is a part of it, a more important one ends it."""
    made = outline(
        texts("## Question 1\nbelow", "### Detail\nmore", "## Question 2\nother"), (ONE, TWO)
    )
    (heading,) = made.of(ONE)
    assert [piece.text for piece in made.section(heading)] == ["below", "### Detail\nmore"]
    ended = outline(texts("## Question 1\nbelow", "# Part 2\nnot mine"), (ONE, TWO))
    (heading,) = ended.of(ONE)
    assert [piece.text for piece in ended.section(heading)] == ["below"]


def test_a_heading_in_an_answer_ends_nothing() -> None:
    """It is the student's, however important it looks."""
    made = outline(texts("## Question 1", "**Your Answer:**\n# Because\nso"), (ONE, TWO))
    (heading,) = made.of(ONE)
    assert made.section(heading)[-1].text == "**Your Answer:**\n# Because\nso"


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
