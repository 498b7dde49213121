"""Answers in words: where students write them, and what of the template is none."""

import pytest

from grader.labs.kinds import network_lab
from grader.notebook.blank import Blank, blank_of
from grader.notebook.notebook import Notebook
from grader.notebook.outline import outline
from grader.notebook.written_answer import Written, written_answer
from tests.notebook.records import cell, notebook

LAB = network_lab()
BLANK = blank_of(LAB)
ANSWER = "**Your Answer:**"
FOUR = "#### Question 4.1 (5 pts)\n\n"
OTHER_WORDS = "Some words of the lab which the blank does not have, number 1?"


def of(book: Notebook, id: str, blank: Blank = BLANK) -> Written:
    """The answer to one question of a notebook."""
    question = next(each for each in LAB.questions if each.id == id)
    found = outline(book, LAB.questions)
    return written_answer(found, found.of(question)[0], blank)


def to_4(*texts: str) -> Written:
    """The answer to Question 4.1 in a notebook of these Markdown cells; `>` begins a code cell."""
    cells = [cell(each[1:], "code") if each.startswith(">") else cell(each) for each in texts]
    return of(notebook(*cells, cell("#### Question 4.2 (5 pts)"), cell(ANSWER)), "4.1")


@pytest.mark.parametrize(
    "prompt",
    [
        OTHER_WORDS,
        "How does the accuracy change as the sparsity rises?",  # the blank's
        "What's the relationship between pruning sparsity and model accuracy?",  # the lab file's
        "what is the *relationship* between pruning sparsity and the model accuracy ?",  # reworded
        "Please write down what you see in the curves.",
        "Consider the curves above and say what they show.",  # no question, and unknown
        "Some words of the lab\nwhich the blank does not have, number 1?",  # two lines
        "觀察上面的曲線，準確率如何隨稀疏度變化？",  # noqa: RUF001
        "請說明準確率與稀疏度的關係。",
        "",
    ],
)
@pytest.mark.parametrize(
    "below",
    [
        ANSWER,
        "**Your Answer:** ",
        "**Your Answer**:\n\n",
        "**Your Answer:**\n\n---",
        "**Your Answer:** (write your answer here)",
        "**Your Answer:**\n\n**Answer:**",
        "**你的答案:**",
        "Your answer: ???",
        "<b>Your Answer:</b>",
        "<font color='red'>**Your Answer:**</font> (please fill in)",
    ],
)
def test_the_questions_own_words_are_no_answer(prompt: str, below: str) -> None:
    """Known or not, in any version of the template; nor is a label or a placeholder."""
    assert to_4(FOUR + prompt, below).state == "empty"


@pytest.mark.parametrize(
    "label",
    [
        *("Answer:", "**Answer:**", "**Answer**:", "Your Answer:", "**Your Answer:**", "ANS:"),
        *("_Answer:_", "### Answer:", "# Answer:", "My answer:", "Answer 4.1:", "Solution:"),
        *("答:", "答案：", "**答案：**", "我的回答：", "你的答案:", "**回答**：", "解答:"),  # noqa: RUF001
    ],
)
@pytest.mark.parametrize("marker", [f"{ANSWER}\n", f"{ANSWER} ", ""])
def test_the_students_own_label_is_left_out(label: str, marker: str) -> None:
    """The rest of its line is the answer, below the lab's marker or instead of it."""
    found = to_4(FOUR + OTHER_WORDS, f"{marker}{label} It falls.")
    assert (found.state, found.text) == ("answered", "It falls.")


@pytest.mark.parametrize(
    ("cells", "number"),
    [
        ((f"{FOUR}{OTHER_WORDS}\n\nIt falls.", ANSWER), 1),
        ((f"{FOUR}{OTHER_WORDS}\nIt falls.", ANSWER), 1),
        ((f"{FOUR}How does the accuracy change as the sparsity rises? It falls.", ANSWER), 1),
        ((f"{FOUR}{OTHER_WORDS}\n\n{ANSWER} It falls.",), 1),
        ((f"{FOUR}{OTHER_WORDS}\n\n{ANSWER}\n\n# In short\n\nIt falls.",), 1),
        ((FOUR + OTHER_WORDS, ANSWER, "It falls."), 3),
        ((FOUR + OTHER_WORDS, ANSWER, "**Answer:** It falls."), 3),
        ((FOUR + OTHER_WORDS, ANSWER, "##### In short\n\nIt falls."), 3),
        ((FOUR + OTHER_WORDS, ANSWER, "#### My answer\n\nIt falls."), 3),
        ((FOUR + OTHER_WORDS, "It falls."), 2),
        ((FOUR + OTHER_WORDS, "Q: How?\n\nA: It falls."), 2),
        ((FOUR, OTHER_WORDS, f"{ANSWER} It falls."), 3),
        ((FOUR, OTHER_WORDS, "<b>Your Answer:</b> It falls."), 3),
        ((FOUR, "**Your Answer: It falls.**"), 2),
        ((FOUR + OTHER_WORDS, "It falls.", ANSWER), 2),
        ((FOUR + OTHER_WORDS, ANSWER, ">plot()", "It falls."), 4),
        ((FOUR + OTHER_WORDS, ANSWER, "># It falls."), 3),
        ((FOUR + OTHER_WORDS, ANSWER, ">It falls."), 3),
        ((FOUR + OTHER_WORDS, f"{OTHER_WORDS}\n\n{ANSWER} It falls."), 2),
    ],
)
def test_an_answer_is_found_wherever_it_stands(cells: tuple[str, ...], number: int) -> None:
    """In the heading's cell, in the answer's, one cell lower, in a cell of code."""
    found = to_4(*cells)
    assert (found.state, found.cell) == ("answered", number)
    assert "It falls." in found.text


@pytest.mark.parametrize("answer", ["No.", "不是", "Layer 2", "5%", "Yes, all of them do."])
def test_a_short_answer_is_one(answer: str) -> None:
    """Its words may stand somewhere in the lab's text too."""
    assert to_4(FOUR + OTHER_WORDS, f"{ANSWER} {answer}").text == answer
    assert to_4(FOUR + OTHER_WORDS, ANSWER, answer).text == answer


def test_an_answer_in_the_questions_words_is_one() -> None:
    """It says what the question asks."""
    said = "Layer 1 is the most sensitive to the pruning sparsity"
    cells = [cell("#### Question 4.3 (5 pts)"), cell(f"{ANSWER} {said}")]
    assert of(notebook(*cells), "4.3").text == said


APPROACH = "### Describe your approach to pruning MobileNetV2 (5%)\n\nPlease detail it."


@pytest.mark.parametrize(
    "tail",
    [
        (),
        (">train()", "### Inference speed comparison", ">t()", "### You've finished lab1\n### Bye"),
        (">train()", "### Inference speed\n\nThe next cell measures it.", ">t()", "# The end"),
        ("### Inference speed comparison\n\nThis cell measures the latency.", ">t()"),
        ("## Submission\n\nPlease hand in two files.",),
        ("### You've finished lab1\n### Congratulations! :-)",),
        (">t()", "<h3>Congratulations</h3>"),
        ("### Feedback\n\nHow long did it take?",),
    ],
)
def test_the_templates_tail_is_no_answer(tail: tuple[str, ...]) -> None:
    """Headings, code and words below the last question, with an answer and without one."""
    rest = [cell(each[1:], "code") if each.startswith(">") else cell(each) for each in tail]
    assert of(notebook(cell(APPROACH), cell(ANSWER), *rest), "approach").state == "empty"
    found = of(notebook(cell(APPROACH), cell(f"{ANSWER} Group norm."), *rest), "approach")
    assert (found.state, found.text) == ("answered", "Group norm.")


@pytest.mark.parametrize(
    "below",
    [
        ("I pruned groups.",),
        ("### My approach\n\nI pruned groups.",),
        ("## Steps\n\nI pruned groups.",),
        ("#### Step 1\n\nI pruned groups.", "#### Step 2\n\nI tuned."),
        ("### Part 1: pruning\n\nI pruned groups.",),
    ],
)
def test_an_approach_below_its_empty_cell_is_found(below: tuple[str, ...]) -> None:
    """Also with a heading of the student's own."""
    made = notebook(cell("# Part 2"), cell(APPROACH), cell(ANSWER), *map(cell, below))
    found = of(made, "approach")
    assert found.state == "answered"
    assert "I pruned groups." in found.text


def test_the_next_topic_of_another_template_is_no_answer() -> None:
    """A higher heading with words that the blank does not have."""
    below = "## Parameters of each layer\n\nLarger layers can be pruned more, as the plot shows."
    for rest in ((cell("plot()", "code"),), ()):
        made = notebook(
            cell("#### Question 4.3 (5 pts)"),
            cell(ANSWER),
            cell(below),
            *rest,
            cell("### Question 5"),
        )
        assert of(made, "4.3").state == "empty"


def test_without_a_blank_the_answer_is_found_too() -> None:
    """A lab need not have one."""
    made = notebook(cell(FOUR + OTHER_WORDS), cell(f"{ANSWER} It falls."))
    assert of(made, "4.1", Blank()).text == "It falls."
    assert of(notebook(cell(FOUR + OTHER_WORDS), cell(ANSWER)), "4.1", Blank()).state == "empty"


def test_a_heading_with_nothing_below_is_not_found() -> None:
    """The answer's cell was deleted, and nothing was written."""
    found = to_4(FOUR + OTHER_WORDS)
    assert (found.state, found.cell) == ("not found", 1)


def test_the_labs_own_answer_cell_is_as_given() -> None:
    """It has words that are not the student's."""
    given = "**Your Answer:** Which layer is the most sensitive?"
    assert to_4(FOUR, given).state == "as given"


def test_a_prompt_in_its_own_cell_is_no_answer() -> None:
    """Between the heading and the answer's cell."""
    assert to_4(FOUR, OTHER_WORDS, ANSWER).state == "empty"


@pytest.mark.parametrize(
    "label", ["A:", "**A:**", "- **Your Answer:**", "* Answer:", f"{ANSWER}<br>"]
)
def test_more_labels(label: str) -> None:
    """A letter with a colon, a list's mark, and a tag are no answer; the text behind them is."""
    assert to_4(f"{FOUR}{OTHER_WORDS}", label).state == "empty"
    found = to_4(f"{FOUR}{OTHER_WORDS}", f"{label} It falls.")
    assert (found.state, found.text.removeprefix("<br>").strip()) == ("answered", "It falls.")


@pytest.mark.parametrize("answer", ["&nbsp;", "(write here)", "<br/><br/>"])
def test_a_place_that_is_left_empty(answer: str) -> None:
    """A space or a placeholder is no answer; a picture is one."""
    assert to_4(f"{FOUR}{OTHER_WORDS}", f"{ANSWER} {answer}").state == "empty"
    assert to_4(f"{FOUR}{OTHER_WORDS}", f"{ANSWER} <img src='a.png'>").state == "answered"


@pytest.mark.parametrize(
    "prompt", ["Name the layer that suffers.", "State two facts.", "Sparsity vs accuracy (2 lines)"]
)
def test_an_unknown_prompt_above_an_empty_label(prompt: str) -> None:
    """It is the question's, although other questions of the notebook have known words."""
    known = "#### Question 4.2 (5 pts)\n\nDo all the layers have the same sensitivity?"
    cells = (f"{FOUR}{prompt}", ANSWER, known, ANSWER)
    assert of(notebook(*map(cell, cells)), "4.1").state == "empty"


def test_a_section_of_the_template_below_an_empty_label() -> None:
    """It leads to code, also if its heading has a cell of its own; the student's does not."""
    section = ("## #Parameters of each layer", "They affect the decision.")
    assert to_4(f"{FOUR}{OTHER_WORDS}", ANSWER, *section, ">plot()").state == "empty"
    own = to_4(f"{FOUR}{OTHER_WORDS}", ANSWER, "#### My observations\n\nIt falls.", "By 5 %.")
    assert (own.state, "It falls." in own.text, "By 5 %." in own.text) == ("answered", True, True)


@pytest.mark.parametrize(
    "tail",
    [
        "**Congratulations!** That was all.",
        "## Congratulations\n\nYou have finished the lab. Submit the notebook on E3.",
        "Upload the notebook before the deadline.",
    ],
)
def test_the_tail_of_another_template(tail: str) -> None:
    """It is no answer."""
    book = notebook(cell("### Describe your approach (5%)"), cell(ANSWER), cell(tail))
    assert of(book, "approach").state == "empty"
