"""feedback.md of a student alone; tests/report/pages/test_feedback.py compares it with the page."""

from dataclasses import replace

from grader.report import markdown
from grader.report.charts.drawing import svg
from grader.report.pages.feedback import class_context, feedback
from grader.scoring.grade import grade
from grader.types import Mark, Report
from tests.report.examples import HOSTILE_REASON, LAB, busy, failed, hostile, passed
from tests.report.measured import NOT_MOBILENET, OUR_ERROR


def written(report: Report) -> str:
    """What is written for the only student of a class."""
    return markdown.render(feedback(report, class_context([report], LAB, svg), svg))


def test_a_verdict_has_its_reason_and_what_was_expected() -> None:
    """Each as a line below the check; a check that passed without a word is a line alone."""
    lines = written(failed("B1", NOT_MOBILENET)).splitlines()
    at = lines.index("- failed: Pruned network (structure.lineage)")
    below = lines[at + 1 : at + 5]
    assert all(line.startswith("  - ") for line in below)
    assert [line.split(":")[0] for line in below[1:]] == ["  - expected", "  - actual", "  - help"]
    assert any(line.startswith("- skipped: ") for line in lines[at:])


def test_a_refused_hand_in_begins_with_what_to_fix() -> None:
    """Before the points, with the remedy; checks that need the failed one are one line."""
    text = written(failed("B1", NOT_MOBILENET))
    assert text.index("## What to fix") < text.index("## Points")
    assert "1. **Pruned network**" in text
    assert "- skipped: 4 checks of the network" in text
    assert "## The grader failed" in written(failed("B1", OUR_ERROR))
    assert "## What to fix" not in written(passed("B1", 44.0, 9300, 0.4))


def test_points_are_a_table_with_every_question() -> None:
    """A question below its item; what is not marked yet has no number."""
    lines = written(passed("B1", 44.0, 9300, 0.4)).splitlines()
    table = [line for line in lines if line.startswith("| ")]
    titles = [line.split(" | ")[0] for line in table]
    assert sum(title.startswith("| - ") for title in titles) == len(LAB.questions)
    assert all(line.count(" |") == table[0].count(" |") for line in table)
    assert any(line.endswith("| - | 2 |") for line in table)


def test_the_total_is_a_total_once_nothing_waits() -> None:
    """Until then it is at least that much."""
    report = passed("B1", 44.0, 9300, 0.4)
    assert "| **Total** |" not in written(report)
    marks = {
        each.id: Mark(
            person="id:b1",
            student="B1",
            part=each.id,
            points=0.0,
            comment="No *answer*.",
            author="a",
            at="",
            version=1,
        )
        for each in LAB.questions
    }
    done = replace(report, grade=grade(LAB, report.measurements, marks))
    assert "| **Total** |" in written(done)
    comments = written(done).partition("## Comments")[2].partition("##")[0]
    assert comments.count("No \\*answer\\*") == len(LAB.questions)


def test_a_latency_of_a_busy_machine_is_marked() -> None:
    """With the meaning of the sign below it."""
    mine = busy("B1")
    written = markdown.render(feedback(mine, class_context([mine], LAB, svg), svg))
    assert "p50 †77.77 ms" in written
    assert "† the machine had other work" in written


def test_a_sample_is_an_estimate() -> None:
    """Only where the accuracy was measured on one."""
    assert "95 % interval" in written(passed("B1", 44.0, 928, 0.4, total=1_000))
    assert "95 % interval" not in written(passed("B1", 44.0, 9_280, 0.4))


def test_a_hand_in_cannot_add_lines_or_markup() -> None:
    """Its id is the heading, its reasons are lines, and none of them is Markdown."""
    text = written(hostile())
    assert text.startswith("# ")
    assert HOSTILE_REASON not in text
    assert "\x1b" not in text
    assert text.count("\n# ") == 0
