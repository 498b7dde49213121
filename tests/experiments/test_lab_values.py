"""Exact values and limits that a lab file gives for the cells of a table."""

from functools import partial

import pytest

from grader.errors import GraderError
from grader.evaluators.write_up_tables import measure_table
from grader.evidence.run_check import run_check
from grader.experiments.expectation import Fit
from grader.experiments.lab_values import exact_cells, faults_of_values, limit
from grader.labs.write_up_table import WriteUpTable
from grader.types import Status
from tests.evaluators.write_ups import opened, table_of
from tests.writeup.the_tables import LAB

TABLE = WriteUpTable.model_validate(
    {
        "id": "memory",
        "title": "Memory",
        "key": ["step"],
        "columns": [
            {"id": "step", "names": ["Step"]},
            {"id": "peak", "names": ["Peak memory"], "cell": "size", "unit": "MB"},
            {"id": "frames", "names": ["Frames"], "cell": "count"},
            {"id": "share", "names": ["Share"], "cell": "fraction", "least": "10%", "most": "0.9"},
        ],
        "rows": [
            {
                "id": "load",
                "title": "loading",
                "key": {"step": ["Load"]},
                "exact": {"peak": "25 MB", "frames": "1,200"},
            },
            {"id": "run", "title": "running", "key": {"step": ["Run"]}},
        ],
    }
)
HEAD = ["Step", "Peak memory", "Frames", "Share"]
OTHER_LAB = LAB.model_copy(update={"tables": (TABLE,), "experiment": None})


def test_an_exact_size_has_a_tolerance_and_a_count_has_none() -> None:
    """1 % of the size, or 10 kB."""
    cells = exact_cells(TABLE, "load")
    assert cells["peak"].fit(25.2e6).fit is Fit.EQUAL
    assert cells["peak"].fit(25.3e6).fit is Fit.CONTRADICTS
    assert cells["frames"].fit(1200).fit is Fit.EQUAL
    assert exact_cells(TABLE, "run") == exact_cells(TABLE, "none") == {}


@pytest.mark.parametrize(
    ("row", "status", "fit"),
    [
        (["Load", "25.1", "1200", "50%"], Status.PASSED, "not compared"),
        (["Load", "30", "1200", "50%"], Status.FAILED, "not compared"),
        (["Load", "25.1", "1200", "5%"], Status.PASSED, "differs"),
        (["Load", "25.1", "1200", "95%"], Status.PASSED, "differs"),
    ],
)
def test_a_course_s_own_table_is_compared(row: list[str], status: Status, fit: str) -> None:
    """An exact value fails the cell, a limit asks a person."""
    write_up = opened([HEAD, row, ["Run", "1", "2", "0.5"]], lab=OTHER_LAB)
    found = run_check("table", partial(measure_table, write_up, TABLE, None))
    assert found.status is status
    (share, *_) = [each for each in table_of(found).cells if each.column == "share"]
    assert share.fit == fit


def test_a_value_that_no_cell_can_have_is_a_fault_of_the_lab() -> None:
    """Each is named, and a column of another kind has no exact value."""
    assert list(faults_of_values(LAB)) == []
    columns = (
        TABLE.columns[0],
        *(each.model_copy(update={"least": "much"}) for each in TABLE.columns[1:]),
    )
    rows = (TABLE.rows[0].model_copy(update={"exact": {"step": "1", "peak": "25 s"}}),)
    wrong = TABLE.model_copy(update={"columns": columns, "rows": rows})
    faults = list(faults_of_values(OTHER_LAB.model_copy(update={"tables": (wrong,)})))
    assert [each.partition(":")[0] for each in faults] == [
        "tables.memory.peak.least",
        "tables.memory.frames.least",
        "tables.memory.share.least",
        "tables.memory.load.exact",
        "tables.memory.load.exact",
    ]
    with pytest.raises(GraderError, match="much"):
        limit("much", columns[1])
    assert limit(None, columns[1]) is None


def test_a_fraction_below_percent_is_read_as_what_fits_the_limits() -> None:
    """0.5 below "Share (%)" is 50 %, because half a percent is outside."""
    head = ["Step", "Peak memory", "Frames", "Share (%)"]
    write_up = opened([head, ["Load", "25.1 MB", "1,200", "0.5"]], lab=OTHER_LAB)
    found = run_check("table", partial(measure_table, write_up, TABLE, None))
    numbers = {each.column: each.number for each in table_of(found).cells}
    assert numbers == pytest.approx({"peak": 25_100_000, "frames": 1200, "share": 0.5})
    assert found.passed
