from pathlib import Path

import pytest
from typer.testing import CliRunner

import grader.review.serve
from grader.cli import app
from grader.review.serve import Session


def test_the_options_become_the_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The author, --anonymous, the port, the browser and the database."""
    served: list[Session] = []

    def serve(session: Session, say: object) -> None:
        assert callable(say)
        served.append(session)

    monkeypatch.setattr(grader.review.serve, "serve", serve)
    options = [
        "--author",
        " alice ",
        "--anonymous",
        "--port",
        "8123",
        "--no-browse",
        "--db",
        "sqlite",
    ]
    ran = CliRunner().invoke(app, ["review", str(tmp_path), *options])
    assert ran.exit_code == 0, ran.exception
    assert served == [
        Session(
            out=tmp_path,
            db="sqlite",
            lab=None,
            author="alice",
            anonymous=True,
            port=8123,
            browse=False,
        )
    ]


def test_an_invalid_port_is_wrong_usage(tmp_path: Path) -> None:
    """Typer refuses it before anything is opened."""
    ran = CliRunner().invoke(app, ["review", str(tmp_path), "--port", "65536"])
    assert ran.exit_code == 2
    assert not list(tmp_path.iterdir())
