"""The command as it was typed, for a message that tells the user to run it again."""

import shlex
from collections.abc import Iterator
from typing import Any

import typer

TYPED = {"COMMANDLINE", "PROMPT"}  # not from the environment, and no default


def typed_command(context: typer.Context, flag: str | None = None) -> str:
    """Return the command of `context` with the arguments and options that were typed.

    A `flag` is added if it was not typed.
    """
    words = ["grader", str(context.info_name)]
    for each in context.command.params:
        source = context.get_parameter_source(each.name or "")
        if source is not None and source.name in TYPED:
            words += _words(each, context.params[each.name])
    return shlex.join([*words, *([flag] if flag and flag not in words else [])])


def _words(parameter: Any, value: object) -> Iterator[str]:  # the parameter's type is Typer's
    if parameter.param_type_name == "option":
        yield parameter.opts[0]
    if not isinstance(value, bool):
        yield str(value)
