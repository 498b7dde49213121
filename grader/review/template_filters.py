"""The filters of the review's templates."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from grader import text
from grader.marks.remarks import signed
from grader.sandbox.mathematics import with_formulas


def _counted(points: float) -> str:
    return f"{text.whole(points)} point{'' if points == 1 else 's'}"


def _short(points: float) -> str:
    """Points with two decimals, whole points without: `8`, `37.49`."""
    return text.whole(points) if points == int(points) else text.points(points)


def _formulas(words: str) -> Markup:
    """The text of an answer with its formulas as MathML."""
    return Markup(with_formulas("\n".join(text.lines(words))))  # noqa: S704 - it escapes all else


def _students(number: int) -> str:
    return "1 student" if number == 1 else f"{number} students"


TEMPLATE_FILTERS: Mapping[str, Callable[..., object]] = {
    "counted": _counted,
    "short": _short,
    "formulas": _formulas,
    "signed": signed,
    "students": _students,
}
