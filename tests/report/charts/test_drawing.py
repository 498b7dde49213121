import json
import re

import pytest

from grader.report.charts import figures as charts
from grader.report.charts.drawing import DRAW, moved, script, singled_out, svg
from grader.report.class_row import class_rows
from grader.results.kept_drawings import KeptDrawings
from tests.report.examples import example_class


@pytest.fixture(scope="module")
def drawn() -> str:
    """The class's latencies as SVG."""
    spec = charts.anonymous_latencies(class_rows(example_class()))
    assert spec is not None
    return svg(spec)


def test_the_script_can_stand_in_a_page() -> None:
    """It does not end the script element, and the browser hashes it unchanged."""
    assert "</script" not in script().lower()
    assert "<!--" not in script()
    assert "\r" not in script()
    assert "script[data-plot]" in DRAW


def test_a_drawing_is_one_element_without_style_or_background(drawn: str) -> None:
    """It has no style attribute, which the policy forbids, and uses the page's colours."""
    assert drawn.startswith("<svg viewBox=")
    assert drawn.count("<svg") == drawn.count("</svg>") == 1
    assert not re.search(r" (?:style|class|role|xmlns)=", drawn)
    assert "var(--muted)" in drawn
    assert "white" not in drawn


def test_one_mark_is_singled_out_and_none_is_named(drawn: str) -> None:
    """A student's page marks their point and does not identify the others."""
    assert drawn.count("aria-label") > 1
    found = singled_out(drawn, charts.label(1))
    assert found.count('class="mine"') == 1
    assert found.index('class="mine"') > found.rindex(
        'stroke="var(--muted)" stroke-width="1.5"', 0, -400
    )
    assert "aria-label" not in found
    assert 'class="mine"' not in singled_out(drawn, None)


def test_a_mark_can_be_moved(drawn: str) -> None:
    """Only this mark has another place."""
    found = moved(drawn, charts.label(1), 12.34, 5)
    assert '<path aria-label="point 1" transform="translate(12.3,5.0)"' in found
    assert found.count("translate(") == drawn.count("translate(")
    assert drawn.partition('aria-label="point 1"')[0] == found.partition('aria-label="point 1"')[0]


def test_a_drawing_is_cached(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A second run reads the picture from the folder; an unused one is deleted."""
    folder = tmp_path_factory.mktemp("charts")
    spec = charts.anonymous_latencies(class_rows(example_class()))
    assert spec is not None
    first = KeptDrawings(folder=folder)
    assert first.draw(spec) == svg(spec)
    (file,) = folder.iterdir()
    file.write_text("kept")
    second = KeptDrawings(folder=folder)
    assert second.draw(json.loads(json.dumps(spec))) == "kept"
    second.forget_others()
    assert file.exists()
    KeptDrawings(folder=folder).forget_others()
    assert not list(folder.iterdir())


def test_without_a_cache_a_chart_is_drawn(tmp_path_factory: pytest.TempPathFactory) -> None:
    """If the folder cannot be created, the chart is still drawn."""
    folder = tmp_path_factory.mktemp("charts") / "file"
    folder.touch()
    spec = charts.anonymous_latencies(class_rows(example_class()))
    assert spec is not None
    drawings = KeptDrawings(folder=folder)
    assert drawings.draw(spec) == svg(spec)
    drawings.forget_others()
