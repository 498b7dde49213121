import pytest

from grader.report import github_summary as summary
from grader.report.listed_checks import listed_checks
from grader.text import markdown
from tests.report.examples import busy, example_class, hostile, passed
from tests.report.measured import NOT_MOBILENET

ONE = passed("B1", 43.396277, 9311, 0.38)
BY_ID = {each.submission.id: each for each in example_class()}
BROKEN = BY_ID["311551077"]  # an error of ours


def test_summary_of_one() -> None:
    """The summary has the status, every check and the total."""
    said = summary.render([ONE])
    assert said.startswith("## ✓ B1: passed")
    for measurement in listed_checks(ONE):
        assert f"`{measurement.id}`" in said
    assert "**At least (55 points pending): 45.47+**" in said
    assert "What to fix" not in said
    assert "**No total**" in summary.render([BROKEN])


def test_a_refused_hand_in_begins_with_what_to_fix() -> None:
    """Above the table, with the remedy; the checks that need it are one line."""
    said = summary.render([BY_ID["109550044"]])
    assert said.index("### What to fix") < said.index("| Check |")
    assert markdown(NOT_MOBILENET.help or "") in said
    assert "4 checks of the network were not made" in said
    assert "`mflops`" not in said


def test_a_latency_of_a_busy_machine_is_marked() -> None:
    """With the meaning of the sign beside it."""
    (line,) = (each for each in summary.render([busy("B1")]).splitlines() if "`latency" in each)
    assert "†77.77 ms" in line
    assert "other work" in line
    assert "†" not in summary.render([passed("B1", 43.4, 9311, 0.38)])


def test_summary_of_a_class() -> None:
    """The table has a line for each hand-in."""
    lines = summary.render(example_class()).splitlines()
    assert len(lines) == 2 + len(example_class())
    assert all(line.count(" | ") >= 5 for line in lines[2:])
    assert any(" | 45.47+ | " in line for line in lines)


def test_summary_of_a_hostile_hand_in_is_inert() -> None:
    """No text becomes HTML, a link, a mention or a cell of the table."""
    said = summary.render([hostile(), ONE])
    assert "<" not in said.replace("<br>", "")
    assert "\\[red\\]" in said
    table = [line for line in said.splitlines() if "cmd" in line]
    assert len(table) == 1


@pytest.mark.parametrize("words", ["www.evil.example", "https://evil.example", "@everyone", "a|b"])
def test_words_become_no_links(words: str) -> None:
    """Text that GitHub would turn into a link, a mention or a cell has a backslash."""
    assert "\\" in markdown(words)
    assert markdown(words).replace("\\", "") == words
