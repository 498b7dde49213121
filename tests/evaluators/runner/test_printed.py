import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evaluators.runner.printed import LINE_CHARACTERS, Printed, end_of, read_printed
from grader.labs.kinds import network_lab
from grader.labs.network_lab import RunnerSpec


def spec() -> RunnerSpec:
    """How the lab's runners are read."""
    runner = network_lab().runner
    assert runner
    return runner


def read(text: str) -> Printed:
    """`text`, read by the lab's patterns."""
    return read_printed(text, spec())


def test_the_labs_output_is_read() -> None:
    """Progress every 500 images, tensors between, and last the accuracy."""
    text = "".join(
        f"Done testing: {done}/10000\nOutput {done}: tensor([[1., 2.]])\n"
        for done in range(500, 10_001, 500)
    )
    found = read(text + "Accuracy: 0.9234\n")
    assert found == Printed(text="0.9234", number=0.9234, different=1, looked_at=10_000)
    assert found.fraction == 0.9234
    assert not found.is_percentage


@pytest.mark.parametrize(
    ("text", "fraction", "is_percentage"),
    [
        ("Accuracy: 0", 0, False),
        ("Accuracy: 1", 1, False),
        ("I 00:00:01.2 runner.cpp:90] Accuracy: 0.5", 0.5, False),
        ("Accuracy : 0.5.", 0.5, False),
        ("Accuracy: 92.34", None, True),
        ("Accuracy: 0.9%", None, True),
        ("Accuracy: 92.34 %", None, True),
        ("Accuracy: 100", None, True),
        ("Accuracy: 9234", None, False),
        ("Accuracy: -0.1", None, False),
        ("Accuracy: nan", None, False),
        ("Accuracy: inf", None, False),
        ("Accuracy: 1e999", None, False),
        ("Accuracy: tensor(0.9)", None, False),
        ("Accuracy:", None, False),
        ("accuracy is good", None, False),
        ("", None, False),
    ],
)
def test_only_a_number_from_0_to_1_is_a_fraction(
    text: str, fraction: float | None, is_percentage: bool
) -> None:
    """Percentages are told apart from what is no accuracy at all."""
    found = read(text)
    assert found.fraction == fraction
    assert found.is_percentage is is_percentage


def test_the_last_accuracy_counts_and_different_ones_are_counted() -> None:
    """The same number written twice is one; a second is told."""
    assert read("Accuracy: 0.9\nAccuracy: 0.90\n").different == 1
    found = read("Accuracy: 0.1\rAccuracy: 0.2\rAccuracy: 0.3")
    assert (found.fraction, found.different) == (0.3, 3)


@pytest.mark.parametrize(
    ("text", "looked_at"),
    [
        ("Done testing: 500/10000\nDone testing: 9984/10000", 9984),
        ("Done testing: 10", 10),
        ("Done testing: ten", None),
        ("Done testing: " + "9" * 10, None),
        ("Accuracy: 0.9", None),
    ],
)
def test_progress_is_the_last_number_of_images(text: str, looked_at: int | None) -> None:
    """Where there is none, or one that no data set has, nothing is known."""
    assert read(text).looked_at == looked_at


def test_a_line_is_read_as_far_as_a_line_goes() -> None:
    """What stands beyond it is not looked at, so that no line is slow to read."""
    assert read(" " * (LINE_CHARACTERS - 15) + "Accuracy: 0.5").fraction == 0.5
    assert read(" " * LINE_CHARACTERS + "Accuracy: 0.5").text is None


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Hostile text gives a fraction or none, and an end of it that is short and inert."""
    fraction = read(f"Accuracy: {text}").fraction
    assert fraction is None or (math.isfinite(fraction) and 0 <= fraction <= 1)
    end = end_of(text)
    assert len(end) <= 400
    assert all(line.isprintable() for line in end.split("\n"))


def test_the_end_of_a_text_is_its_last_lines() -> None:
    """Whole where it is short, and with nothing in it that steers a terminal or a page."""
    assert end_of("Done\nAccuracy: 0.9\n\n") == "Done\nAccuracy: 0.9"
    assert end_of("a" * 1_000 + "\nb") == "a" * 398 + "\nb"
    assert end_of("\x1b[2J\u202egood\r\nbad\0") == "?[2J?good\nbad?"
