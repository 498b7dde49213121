"""The three plots of an experiment."""

import functools
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import altair
import pytest
from PIL import Image

from grader.experiments.parts import WAYS
from grader.report.charts.drawing import picture
from grader.report.charts.experiment import NAMES, SAVED, plots
from tests.experiments.results import finished
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


@functools.cache
def plotted() -> Mapping[str, dict[str, Any]]:
    """The three plots, by name."""
    return plots(finished(LAB))


@pytest.mark.parametrize("name", ["accuracy", "disk", "latency"])
def test_each_plot_is_vega_lite(name: str) -> None:
    """The chart, which is built without validation, conforms to the schema."""
    altair.Chart.from_dict(plotted()[name], validate=True)


def rows(name: str) -> list[dict[str, float | str]]:
    """The rows of a plot's data."""
    found: list[dict[str, float | str]] = plotted()[name]["data"]["values"]
    return found


def test_accuracy_and_latency_have_a_line_for_each_way() -> None:
    """With a point for each iteration, and the range of the seeds."""
    for name in ("accuracy", "latency"):
        assert {each["line"] for each in rows(name)} == {*NAMES.values()}
        assert len(rows(name)) == 3 * 21
    first = rows("accuracy")[0]
    assert (first["low"], first["high"], first["remaining"]) == (0.97, 0.99, 100)


def test_the_disk_has_a_line_for_each_way_to_save() -> None:
    """In megabytes; only the sparse file becomes smaller."""
    by_line = {
        line: [each["value"] for each in rows("disk") if each["line"] == line] for line in SAVED
    }
    assert by_line["dense"][0] == by_line["dense"][-1] == pytest.approx(5.884529)
    assert by_line["original + mask"][0] == by_line["original + mask"][-1]
    assert by_line["sparse COO"] == sorted(by_line["sparse COO"], reverse=True)


def test_a_run_without_pruning_has_no_plots() -> None:
    """There is nothing to draw."""
    first, *_ = finished(LAB)
    assert plots((replace(first, pruning=dict.fromkeys(WAYS, ())),)) == {}
    assert plots(()) == {}


def test_a_picture_is_drawn_without_a_page() -> None:
    """A PNG on white, whose colours are no variables of a page."""
    drawn = picture(plotted()["accuracy"])
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.format == "PNG"
        colours = image.convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert max(colours)[1] == (255, 255, 255)
    assert (11, 93, 138) in {colour for _, colour in colours}
