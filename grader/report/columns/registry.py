"""The columns of each kind of lab."""

from collections.abc import Mapping, Sequence

from grader.report.class_row import ClassRow
from grader.report.columns.columns import Columns
from grader.report.columns.network import NetworkColumns
from grader.report.columns.write_up import WriteUpColumns
from grader.report.write_up_counts import is_write_up

COLUMNS: Mapping[str, Columns] = {"network": NetworkColumns(), "write-up": WriteUpColumns()}


def columns_of(rows: Sequence[ClassRow]) -> Columns:
    """Return the columns of a class; a class has hand-ins of one lab."""
    return COLUMNS["write-up" if any(is_write_up(row.report) for row in rows) else "network"]
