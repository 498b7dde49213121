"""A student's id on the lines of a narrow column; a word of it is never cut."""

import re
from collections.abc import Iterable

from rich.cells import cell_len

_WORD = re.compile(r"[^\s\-_.@,~]*[\s\-_.@,~]*")  # with what separates it from the next


def student_lines(student: str, widest: int) -> tuple[str, ...]:
    """Return the id broken into lines of at most `widest` columns, only between its words.

    A word that is wider has a line of its own.
    """
    lines = [""]
    for word in filter(None, _WORD.findall(student)):
        if lines[-1] and cell_len(lines[-1] + word.rstrip()) > widest:
            lines.append("")
        lines[-1] += word
    return tuple(line.rstrip() for line in lines)


def width_of(lines: Iterable[str]) -> int:
    """Return the columns of the widest line; 0 without lines."""
    return max(map(cell_len, lines), default=0)
