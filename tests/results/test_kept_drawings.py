from pathlib import Path

import pytest

from grader.results import kept_drawings
from grader.results.kept_drawings import KeptDrawings

ONE, OTHER = {"mark": "point"}, {"mark": "bar"}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The specifications that were really drawn."""
    made: list[object] = []

    def svg(spec: object) -> str:
        made.append(spec)
        return f"<svg>{spec}</svg>"

    monkeypatch.setattr(kept_drawings, "svg", svg)
    return made


def test_a_chart_is_drawn_once(tmp_path: Path, drawn: list[object]) -> None:
    """Another run reads it from the folder; another chart is drawn."""
    first = KeptDrawings(folder=tmp_path / "charts").draw(ONE)
    again = KeptDrawings(folder=tmp_path / "charts")
    assert again.draw(ONE) == first
    assert drawn == [ONE]
    again.draw(OTHER)
    assert drawn == [ONE, OTHER]
    assert {path.suffix for path in (tmp_path / "charts").iterdir()} == {".svg"}


def test_unused_charts_are_deleted(tmp_path: Path, drawn: list[object]) -> None:
    """Charts of the class before a change are deleted."""
    first = KeptDrawings(folder=tmp_path)
    first.draw(ONE)
    later = KeptDrawings(folder=tmp_path)
    later.draw(OTHER)
    later.forget_others(first.asked)
    assert len(list(tmp_path.iterdir())) == 2
    later.forget_others()
    assert len(list(tmp_path.iterdir())) == 1
    KeptDrawings(folder=tmp_path).draw(OTHER)
    assert drawn == [ONE, OTHER]


def test_without_a_folder_a_chart_is_drawn_every_time(tmp_path: Path, drawn: list[object]) -> None:
    """A file has the folder's name."""
    (tmp_path / "charts").write_text("a file")
    kept = KeptDrawings(folder=tmp_path / "charts")
    assert kept.draw(ONE) == kept.draw(ONE)
    assert drawn == [ONE, ONE]
    kept.forget_others()


def test_a_damaged_drawing_is_drawn_again(tmp_path: Path, drawn: list[object]) -> None:
    """A file that is not UTF-8 is not a chart."""
    KeptDrawings(folder=tmp_path).draw(ONE)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"\xff\xfe")
    assert KeptDrawings(folder=tmp_path).draw(ONE).startswith("<svg>")
    assert drawn == [ONE, ONE]
