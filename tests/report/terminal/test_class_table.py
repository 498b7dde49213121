import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.cells import cell_len

from grader.report.class_people import Absent, ClassPeople
from grader.report.terminal.class_table import class_table, render, to_text
from grader.types import Lateness, Report
from tests.report.examples import HOSTILE_ID, busy, example_class, failed, hostile, passed
from tests.report.measured import OUR_ERROR


@pytest.mark.parametrize("width", [80, 120])
def test_the_class_fits_the_terminal(width: int) -> None:
    """No line is wider than the terminal, and no student or score is cut."""
    reports = example_class()
    text = render(reports, width)
    assert max(map(cell_len, text.splitlines())) <= width
    for report in reports:
        assert report.submission.id in text
    assert "43.396277" in text
    assert "…" not in text


@pytest.mark.parametrize("width", [80, 120])
def test_every_failure_has_its_reason(width: int) -> None:
    """Each word of each reason is in the notes, in the table or below it."""
    flat = " ".join(render(example_class(), width).split())
    for reason in ("model/mobilenet.pth is missing.", "ran out of memory"):
        assert all(word in flat for word in reason.split())


@pytest.mark.parametrize(
    "line",
    ["✓ passed", "✗ failed", "! error", "- skipped", "to review"],
)
def test_a_status_needs_no_colour(line: str) -> None:
    """Without colour there is no escape code, and each status has its mark and its word."""
    text = render(example_class(), 80)
    assert "\x1b" not in text
    assert line in text


def test_colour_is_only_added() -> None:
    """With colour the text has the same words, with escape codes between them."""
    text = render(example_class(), 80, color=True)
    assert "\x1b[32m✓ passed" in text


def test_a_sample_is_marked() -> None:
    """Every figure of a sample has the mark; its meaning and the interval are below."""
    text = render([passed("1", 47.2, 928, 0.4, total=1_000)], 80)
    assert text.count("≈") == 5
    assert "sample, not the grade" in text
    assert "91.03 % to 94.24 %" in text
    assert "sample" not in render([passed("1", 47.2, 9280, 0.4)], 80)


@pytest.mark.parametrize("width", [90, 130])
def test_a_latency_of_a_busy_machine_is_marked(width: int) -> None:
    """Both of its numbers, where they fit, with the meaning of the sign below the table."""
    text = render([busy("B1"), passed("B2", 47.2, 9280, 0.4)], width)
    assert "†77.77 †33.33x" in " ".join(text.split())
    assert text.count("†") == 3
    assert "† the machine had other work" in text
    assert max(map(cell_len, text.splitlines())) <= width
    assert "†" not in render(example_class(), width)


def test_pending_points_are_shown() -> None:
    """A line for the class has the points that a person must mark."""
    assert re.search(r"\b55 points", render(example_class(), 80))


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_is_shown_and_not_obeyed(color: bool) -> None:
    """Markup in an id or a reason stays text, and its control characters are escaped."""
    text = render([hostile()], 300, color)
    assert r"=cmd()[red]<b onload=alert(1)>\x1b[2J\u202e" in text
    assert r"@SUM(1)[/bold]<img src=x onerror=alert(2)>\x1b]0;owned\x07" in text
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert HOSTILE_ID not in text


@pytest.mark.parametrize(
    ("reports", "counted"),
    [
        ([], "No hand-ins"),
        ([passed("1", 44.0, 9300, 0.4)], "1 hand-in: 1 passed"),
        ([failed("1", OUR_ERROR), failed("2", OUR_ERROR)], "2 hand-ins: 2 error. 2 to review."),
    ],
)
def test_the_class_is_counted(reports: Sequence[Report], counted: str) -> None:
    """The last line counts the hand-ins by status, also for no hand-in and a class of errors."""
    assert counted in render(reports, 80).splitlines()[-1]


def test_an_error_is_not_a_zero() -> None:
    """After an error of the grader the points are unknown, not zero."""
    line = render([failed("1", OUR_ERROR)], 80).splitlines()[2]
    assert line.split()[-1] == "-"
    assert "0.00" not in line


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize(
    "id",
    [
        "109550017",
        "lin.chia-hao.2024@university.example.edu",
        "participant_1234567_assignsubmission_file",
        "a" * 35,
        "王小明陳怡君" * 3,
    ],
)
def test_an_id_is_never_cut_inside_a_word(id: str, width: int) -> None:
    """Nothing is wider than the terminal, and each word of the id stands on one line."""
    late = Lateness(punctuality="late", text="2 d late", submitted_at=None, due="")
    base = passed(id, 44.0, 9300, 0.4)
    report = replace(base, grade=replace(base.grade, lateness=late))
    text = render([report, passed("B1", 43.396277, 9311, 0.4)], width)
    assert max(map(cell_len, text.splitlines())) <= width
    for word in re.split(r"[-_.@]", id):
        assert word in text
    assert "45.47" in text


@pytest.mark.parametrize("width", [80, 120])
def test_every_line_has_its_total(width: int) -> None:
    """With a plus if points are pending, and a dash if it is unknown."""
    text = render([passed("B1", 44.0, 9300, 0.4), failed("B2", OUR_ERROR)], width)
    first, second = text.splitlines()[2:4]
    assert re.search(r"\d+\.\d\d\+", first)
    assert not re.search(r"\d\.\d\d\+", second)


def test_who_is_late_or_to_review_says_so_in_the_line() -> None:
    """And how late in the notes."""
    late = Lateness(punctuality="late", text="2 d 3 h late", submitted_at=None, due="")
    base = passed("B1", 44.0, 9300, 0.4)
    report = replace(base, grade=replace(base.grade, lateness=late, needs_review=True))
    text = render([report], 80)
    line, below = text.splitlines()[2:4]
    assert "✓ passed  late" in line
    assert below.split() == ["to", "review"]
    assert "2 d 3 h late" in text
    assert "1 hand-in: 1 passed. 1 to review, 1 late." in text


def test_the_absent_and_the_names_of_the_roster_are_shown() -> None:
    """The absent at every width, the names on a wide terminal."""
    people = ClassPeople(names={"B1": "Ada Lin"}, absent=(Absent(id="B9", name="Ben Wu"),))
    table = class_table([passed("B1", 44.0, 9300, 0.4)], people)
    wide, narrow = to_text(table, 120, color=False), to_text(table, 80, color=False)
    for text in (wide, narrow):
        assert re.search(r"^B9 .*- absent", text, re.MULTILINE)
        assert text.splitlines()[-1].endswith("1 absent.")
    assert re.search(r"^B1 +Ada Lin", wide, re.MULTILINE)
    assert re.search(r"^B9 +Ben Wu .* No hand-in\.", wide, re.MULTILINE)
