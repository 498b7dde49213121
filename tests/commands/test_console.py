import pytest

from grader.commands.console import MOST_SHOWN, say, tell, warn, warn_of_each
from grader.errors import GraderError, HarnessError


def test_words_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Without markup, colour and wrapping: `say` on stdout, `warn` on stderr."""
    long = "[red]" + "word " * 60
    say(long)
    warn(long)
    said = capsys.readouterr()
    assert said.out == said.err == f"{long}\n"


def test_a_hand_ins_words_are_inert(capsys: pytest.CaptureFixture[str]) -> None:
    """They cannot control the terminal."""
    warn("a\x1b[31mb")
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("more", [0, 1, 7])
def test_the_first_are_printed_and_the_rest_counted(
    capsys: pytest.CaptureFixture[str], more: int
) -> None:
    """A long list does not fill the screen."""
    warn_of_each([f"line {number}" for number in range(MOST_SHOWN + more)])
    lines = capsys.readouterr().err.splitlines()
    assert lines[:MOST_SHOWN] == [f"line {number}" for number in range(MOST_SHOWN)]
    assert len(lines) == MOST_SHOWN + bool(more)
    assert not more or str(more) in lines[-1]


def test_what_stopped_is_printed_with_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    """A `GraderError` has help, a `HarnessError` has none."""
    tell(GraderError("It is gone.", help="Fetch it."))
    tell(HarnessError("It broke."))
    assert capsys.readouterr().err.splitlines() == ["It is gone.", "Fetch it.", "It broke."]
