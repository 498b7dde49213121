from grader.labs.kinds import KINDS
from grader.report.class_row import class_rows
from grader.report.columns.network import NetworkColumns
from grader.report.columns.registry import COLUMNS, columns_of
from grader.report.columns.write_up import WriteUpColumns
from tests.report.examples import example_class
from tests.report.write_ups import example_class as write_ups


def test_every_kind_has_columns() -> None:
    """Those of a class follow from what was measured."""
    assert COLUMNS.keys() == KINDS.keys()
    assert isinstance(columns_of(class_rows(example_class())), NetworkColumns)
    assert isinstance(columns_of(class_rows(write_ups())), WriteUpColumns)
