from dataclasses import replace

import pytest

from grader.evidence.lineage import BlockWidths, LineageEvidence, Width
from grader.types import Json
from tests.report.measured import NOT_MOBILENET, lineage


def test_widths_are_grouped_by_block() -> None:
    """A block has a hidden and an output width; the stem, the first and the last have only one."""
    found = LineageEvidence.read(lineage(0.5)).blocks
    assert [block.name for block in found] == [f"features.{n}" for n in range(19)]
    assert [block.name for block in found if block.hidden is None] == [
        "features.0",
        "features.1",
        "features.18",
    ]
    assert found[2].hidden is not None
    assert found[2].hidden.original == 96


def test_a_removed_block_keeps_nothing() -> None:
    """Both widths of a removed block are zero."""
    gone = LineageEvidence.read(lineage(0.5, removed=("features.5",))).blocks[5]
    assert gone == BlockWidths(
        name="features.5",
        hidden=Width(layer="features.5 hidden", original=192, kept=0),
        output=Width(layer="features.5 output", original=32, kept=0),
    )


@pytest.mark.parametrize(
    "odd", [None, 3, "text", [1, "a", None], [{}], {"layer": 1}, [{"layer": "features.0"}]]
)
def test_widths_of_another_type_are_empty(odd: Json) -> None:
    """Evidence that is missing or has the wrong type raises nothing."""
    broken = replace(NOT_MOBILENET, evidence={"widths": odd})
    assert LineageEvidence.read(broken).blocks == ()
