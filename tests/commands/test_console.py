import pytest

from grader.commands.console import (
    MOST_SHOWN,
    say,
    screen,
    stop,
    stop_by_a_bug,
    tell,
    warn,
    warn_of_each,
    without_workflow_commands,
)
from grader.errors import GraderError, HarnessError
from tests.ci_runners import commands_anywhere, commands_in


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


COMMANDS = ("::error::forged", "##[error]forged", "##vso[task.complete]x", " ::add-mask::a")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("before", [0, 40, 79, 80])
def test_no_line_of_a_log_is_a_command(
    capsys: pytest.CaptureFixture[str], command: str, before: int
) -> None:
    """Neither at the start of a text nor where a long text is wrapped."""
    words = "a" * before + f" {command} " + "b" * 70 + f" {command}"
    for prints in (screen.print, say, warn, lambda each: stop("grader:", each, each)):
        prints(words)
    stop_by_a_bug(f"Traceback\nValueError: x\n{command}\n")
    said = capsys.readouterr()
    assert "forged" in said.out or "forged" not in command
    assert commands_in(said.out) == commands_in(said.err) == []


def test_githubs_runner_is_told_to_take_no_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """With another token each time, and again after an error."""
    tokens = []
    for _ in range(2):
        with pytest.raises(GraderError), without_workflow_commands():
            raise GraderError("y")
        first, *_, last = capsys.readouterr().out.splitlines()
        tokens.append(first.removeprefix("::stop-commands::"))
        assert last == f"::{tokens[-1]}::"
    assert len(set(tokens)) == 2
    assert min(map(len, tokens)) == 32
    with without_workflow_commands():
        print("::error::forged")  # noqa: T201 - as a library might
    printed = capsys.readouterr().out
    assert commands_in(printed) == []
    assert commands_anywhere(printed) == ["::error::forged"]
