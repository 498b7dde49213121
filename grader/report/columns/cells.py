"""Cells that several kinds of lab have."""

from rich.text import Text

from grader import text

ABSENT = Text("-", style="dim")


def absent_or_points(points: float | None) -> str:
    """Return the points as text, empty if they are unknown."""
    return "" if points is None else text.points(points)
