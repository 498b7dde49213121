from grader.report.columns.cells import absent_or_points


def test_unknown_points_are_an_empty_cell() -> None:
    """Zero points are not."""
    assert not absent_or_points(None)
    assert absent_or_points(0.0) == "0.00"
