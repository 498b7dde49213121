import json

from grader.labs.kinds import network_lab
from grader.notebook.prompts import prompts, prompts_in
from tests.notebook.books import code, markdown

LAB = network_lab()


def blank(*cells: dict[str, object]) -> bytes:
    """A lab's notebook as it is given out."""
    return json.dumps({"cells": cells}).encode()


def test_every_question_of_the_lab_says_what_it_asks() -> None:
    """Each has words of its own, and none of its heading, its answer or its neighbour."""
    found = prompts(LAB)
    assert list(found) == [question.id for question in LAB.questions]
    assert found["1.1"] == "What do the weight distributions of the layers have in common?"
    assert found["4.1"] == "How does the accuracy change as the sparsity rises?"


def test_a_lab_without_a_blank_shows_none() -> None:
    """There is nothing to take a prompt from."""
    assert prompts_in(None, LAB) == {}


def test_a_prompt_ends_with_its_cell_or_where_the_answer_begins() -> None:
    """The answer's line may be in the same cell or the next; fenced code does not end a prompt."""
    fenced = "Prune this:\n\n```python\n# Question 9\nx = 1\n```\n\nHow?"
    content = blank(
        markdown(f"## Question 1.1\n\n{fenced}\n\n**Your Answer:**\n\nWrite here."),
        markdown("Not the prompt."),
        code("# Question 1.2\nno_heading = True"),
        markdown("## Question 1.2\n### Question 4.1\nOne line."),
    )
    assert prompts_in(content, LAB) == {"1.1": fenced, "4.1": "One line."}
