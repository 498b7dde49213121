"""A sheet of somebody else's, changed cell by cell: every other byte stays what it was.

Python's `csv` forgets what was quoted and how lines ended, so that a sheet it writes differs from
the one it read; a TA who compares the two could not see what was graded.
"""

import re
from dataclasses import dataclass, replace

from grader.errors import GraderError

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record: its cells as written, quotes included, and how it ends."""

    cells: tuple[str, ...]
    end: str

    @property
    def texts(self) -> tuple[str, ...]:
        """What the cells say."""
        return tuple(map(text, self.cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A CSV file to the byte; `mark` is its byte order mark or empty."""

    mark: str
    delimiter: str
    lines: tuple[Line, ...]

    def filled(self, line: int, column: int, value: str) -> "Sheet":
        """The sheet with one cell changed; it is quoted where it was, or has to be."""
        old = self.lines[line]
        quoted = old.cells[column].startswith('"') or any(
            each in value for each in (self.delimiter, '"', "\r", "\n")
        )
        escaped = value.replace('"', '""')
        cells = list(old.cells)
        cells[column] = f'"{escaped}"' if quoted else value
        lines = list(self.lines)
        lines[line] = replace(old, cells=tuple(cells))
        return replace(self, lines=tuple(lines))


def parse(raw: bytes) -> Sheet:
    """The sheet that these bytes are. Raises `GraderError` for what is not CSV in UTF-8."""
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise GraderError(
            "The sheet is not UTF-8.",
            help="Give the file as the LMS wrote it; a spreadsheet saves it as “CSV UTF-8”.",
        ) from error
    mark = BYTE_ORDER_MARK if whole.startswith(BYTE_ORDER_MARK) else ""
    body = whole[len(mark) :]
    delimiter = _delimiter(body)
    cell = re.compile(
        rf'(?P<cell>"(?:[^"]+|"")*+"[^{delimiter}\r\n]*|(?!")[^{delimiter}\r\n]*)'
        rf"(?P<end>{delimiter}|\r\n|\r|\n|\Z)"
    )
    lines: list[Line] = []
    cells: list[str] = []
    at = 0
    while at < len(body) or cells:
        found = cell.match(body, at)
        if found is None:
            raise GraderError(
                f"The sheet's line {len(lines) + 1} is not CSV: a quotation mark is missing.",
                help="Give the file as the LMS wrote it.",
            )
        cells.append(found["cell"])
        at = found.end()
        if found["end"] != delimiter:
            lines.append(Line(cells=tuple(cells), end=found["end"]))
            cells = []
    return Sheet(mark=mark, delimiter=delimiter, lines=tuple(lines))


def render(sheet: Sheet) -> bytes:
    """The bytes of the sheet."""
    body = "".join(sheet.delimiter.join(line.cells) + line.end for line in sheet.lines)
    return (sheet.mark + body).encode()


def text(cell: str) -> str:
    """What a cell says, as written with or without quotes."""
    quoted = re.fullmatch(r'"((?:[^"]+|"")*+)"(.*)', cell, re.DOTALL)
    return quoted[1].replace('""', '"') + quoted[2] if quoted else cell


def number(cell: str) -> float | None:
    """A number with a point or a comma in it, or None."""
    plain = cell.strip()
    if not re.fullmatch(r"-?\d{1,9}(?:[.,]\d{1,9})?", plain):
        return None
    return float(plain.replace(",", "."))


def _delimiter(body: str) -> str:
    header = re.sub(r'"[^"]*"', "", body.split("\n", 1)[0])
    return max(",;\t", key=header.count)
