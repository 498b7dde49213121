from pathlib import Path

import pytest

from grader.results import kept_drawings
from grader.results.kept_drawings import KeptDrawings

ONE, OTHER = {"mark": "point"}, {"mark": "bar"}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was really drawn."""
    made: list[object] = []

    def svg(spec: object) -> str:
        made.append(spec)
        return f"<svg>{spec}</svg>"

    monkeypatch.setattr(kept_drawings, "svg", svg)
    return made


def test_a_chart_is_drawn_once(tmp_path: Path, drawn: list[object]) -> None:
    """Another run finds it where it was kept; another chart is drawn."""
    first = KeptDrawings(folder=tmp_path / "charts").draw(ONE)
    again = KeptDrawings(folder=tmp_path / "charts")
    assert again.draw(ONE) == first
    assert drawn == [ONE]
    again.draw(OTHER)
    assert drawn == [ONE, OTHER]
    assert {path.suffix for path in (tmp_path / "charts").iterdir()} == {".svg"}


def test_what_was_not_asked_for_is_forgotten(tmp_path: Path, drawn: list[object]) -> None:
    """A class that has changed leaves nothing behind."""
    KeptDrawings(folder=tmp_path).draw(ONE)
    later = KeptDrawings(folder=tmp_path)
    later.draw(OTHER)
    later.forget_others()
    assert len(list(tmp_path.iterdir())) == 1
    KeptDrawings(folder=tmp_path).draw(OTHER)
    assert drawn == [ONE, OTHER]


def test_where_nothing_can_be_kept_it_is_drawn_every_time(
    tmp_path: Path, drawn: list[object]
) -> None:
    """A file stands where the folder would be."""
    (tmp_path / "charts").write_text("a file")
    kept = KeptDrawings(folder=tmp_path / "charts")
    assert kept.draw(ONE) == kept.draw(ONE)
    assert drawn == [ONE, ONE]
    kept.forget_others()


def test_a_damaged_drawing_is_drawn_again(tmp_path: Path, drawn: list[object]) -> None:
    """What is no text is no chart."""
    KeptDrawings(folder=tmp_path).draw(ONE)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"\xff\xfe")
    assert KeptDrawings(folder=tmp_path).draw(ONE).startswith("<svg>")
    assert drawn == [ONE, ONE]
