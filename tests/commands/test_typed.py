import shlex

import pytest
import typer
from typer.testing import CliRunner

from grader.commands.typed import typed_command


def app_that_prints_itself(flag: str | None = None) -> typer.Typer:
    """A command that prints how it was typed."""
    app = typer.Typer()

    @app.command()
    def command(
        context: typer.Context,
        path: str,
        name: str = typer.Option("B0", "--id", prompt=True),
        data: str = typer.Option("x", "--data", "-d", envvar="GRADER_DATA"),
        quick: bool = typer.Option(False, "--quick"),
    ) -> None:
        del path, name, data, quick  # they are in the context
        typer.echo(typed_command(context, flag))

    return app


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["a b.zip", "--id", "B1"], ["a b.zip", "--id", "B1"]),
        (
            ["--quick", "-d", "c", "a.zip", "--id=B1"],
            ["a.zip", "--id", "B1", "--data", "c", "--quick"],
        ),
    ],
)
def test_what_was_typed_is_told(typed: list[str], told: list[str]) -> None:
    """Quoted for a shell; neither defaults nor the environment."""
    ran = CliRunner().invoke(app_that_prints_itself(), typed, env={"GRADER_DATA": "y"})
    assert shlex.split(ran.output) == ["grader", "command", *told]


def test_an_answer_is_an_option() -> None:
    """So that nobody is asked again."""
    ran = CliRunner().invoke(app_that_prints_itself(), ["a.zip"], input="B7\n")
    assert ran.output.splitlines()[-1] == "grader command a.zip --id B7"


def test_a_flag_is_added_once() -> None:
    """If it was not typed."""
    for typed in (["a.zip", "--id", "B1"], ["a.zip", "--id", "B1", "--quick"]):
        ran = CliRunner().invoke(app_that_prints_itself("--quick"), typed)
        assert ran.output.split().count("--quick") == 1
