import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.labs.spec import lab_names, lab_path


def test_every_lab_is_listed() -> None:
    """With its due date, where it has one."""
    ran = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["lab", "list"])
    assert ran.exit_code == 0
    for name in lab_names():
        assert name in ran.output
    assert "Asia/Taipei" in ran.output


@pytest.mark.parametrize("name", lab_names())
def test_a_lab_is_shown_as_the_file_it_is(name: str) -> None:
    """To be copied and changed."""
    ran = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["lab", "show", name])
    assert ran.exit_code == 0
    assert f'name = "{name}"' in ran.output
    first = lab_path(name).read_text(encoding="utf-8").splitlines()[0]
    assert first in ran.output


def test_an_unknown_lab_is_refused() -> None:
    """By the error that every command raises for one."""
    ran = CliRunner().invoke(app, ["lab", "show", "no-such-lab"])
    assert isinstance(ran.exception, GraderError)
