import re

import altair
import pytest

from grader.evidence.lineage import BlockWidths, LineageEvidence
from grader.report.charts.block_widths import drawn_widths, widths
from grader.report.charts.drawing import Spec, singled_out, svg
from tests.report.measured import lineage

NUMBER = re.compile(r"-?[0-9]+(?:[.][0-9]+)?")


def test_every_width_is_drawn() -> None:
    """Each block has bars for hidden and output, original and kept, with the numbers."""
    found = LineageEvidence.read(lineage(0.4)).blocks
    spec = widths(found)
    assert spec is not None
    altair.LayerChart.from_dict(spec, validate=True)
    found_in = spec["data"]["values"]
    assert len(found_in) == sum(len(block.both) for block in found)
    assert {"block": "18", "part": "output", "original": 1280}.items() <= found_in[-1].items()
    assert widths(()) is None


def blocks_of(keep: float, removed: tuple[str, ...] = ()) -> tuple[BlockWidths, ...]:
    """The blocks of a network that keeps this share of its channels."""
    return LineageEvidence.read(lineage(keep, removed=removed)).blocks


def test_one_chart_is_drawn_for_networks_of_the_same_blocks() -> None:
    """Another one for a network that does not have one of them."""
    drawn: list[str] = []

    def draw(spec: Spec) -> str:
        drawn.append(str(spec))
        return svg(spec)

    for keep in (0.4, 0.6):
        drawn_widths(blocks_of(keep), draw)
    assert len(drawn) == 2
    assert len(set(drawn)) == 1
    drawn_widths(blocks_of(0.4, removed=("features.5",)), draw)
    assert len(set(drawn)) == 1
    drawn_widths(blocks_of(0.4)[1:], draw)
    assert len(set(drawn)) == 2
    assert drawn_widths((), draw) == ""


@pytest.mark.parametrize("removed", [(), ("features.5",)])
@pytest.mark.parametrize("keep", [0.03, 0.37, 1.0])
def test_the_chart_is_the_one_that_vega_draws(keep: float, removed: tuple[str, ...]) -> None:
    """Every bar and every text, up to a hundredth of a pixel."""
    blocks = blocks_of(keep, removed)
    ours, vegas = drawn_widths(blocks, svg), singled_out(svg(widths(blocks) or {}), None)
    assert NUMBER.sub("#", ours) == NUMBER.sub("#", vegas)
    for mine, exact in zip(NUMBER.findall(ours), NUMBER.findall(vegas), strict=True):
        assert float(mine) == pytest.approx(float(exact), abs=0.006)
