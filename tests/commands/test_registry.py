"""The list of commands has the first line of each command's help, without importing it."""

import pkgutil
from importlib import import_module

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from grader import cli, commands
from grader.commands.registry import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name: str) -> None:
    """The line in `grader --help` is the first line of the command's own help."""
    command = get_command(import_module(f"grader.commands.{name}").app)
    assert command.help
    assert " ".join(command.help.split("\n\n")[0].split()) == COMMANDS[name]


def test_every_file_that_holds_a_command_is_listed() -> None:
    """A module with an `app` that is not in the list could not be run."""
    files = (each.name for each in pkgutil.iter_modules(commands.__path__))
    holding = {name for name in files if hasattr(import_module(f"grader.commands.{name}"), "app")}
    assert holding == set(COMMANDS)


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    """Suggestions include commands that are not imported."""
    ended = CliRunner().invoke(cli.app, ["grad"])
    assert ended.exit_code == 2
    assert "'grade'" in ended.output
