"""Change single cells of an LMS's CSV sheet; every other byte stays the same.

Python's `csv` drops quotes and line ends, so that a sheet it writes differs from the one it read:
a TA who compares the two files could not see which grades were entered.
"""

import re
from dataclasses import dataclass, replace

from grader.errors import GraderError

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record: its cells as written, with quotes, and its line end."""

    cells: tuple[str, ...]
    end: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The values of the cells, without quotes."""
        return tuple(map(text, self.cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A CSV file, every byte kept; `mark` is its byte order mark or empty."""

    mark: str
    delimiter: str
    lines: tuple[Line, ...]

    def filled(self, line: int, column: int, value: str) -> "Sheet":
        """Return the sheet with one cell changed, quoted if it was or if `value` needs it."""
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
    """Parse the bytes of a sheet. Raises `GraderError` if they are not CSV in UTF-8."""
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise GraderError(
            "The sheet is not UTF-8.",
            help="Give the file as downloaded, or save it from a spreadsheet as “CSV UTF-8”.",
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
                f"Line {len(lines) + 1} of the sheet is not CSV: a quotation mark is missing.",
                help="Give the file as downloaded from the LMS.",
            )
        cells.append(found["cell"])
        at = found.end()
        if found["end"] != delimiter:
            lines.append(Line(cells=tuple(cells), end=found["end"]))
            cells = []
    return Sheet(mark=mark, delimiter=delimiter, lines=tuple(lines))


def render(sheet: Sheet) -> bytes:
    """Return the bytes of the sheet."""
    body = "".join(sheet.delimiter.join(line.cells) + line.end for line in sheet.lines)
    return (sheet.mark + body).encode()


def text(cell: str) -> str:
    """Return the value of a cell that is written with or without quotes."""
    quoted = re.fullmatch(r'"((?:[^"]+|"")*+)"(.*)', cell, re.DOTALL)
    return quoted[1].replace('""', '"') + quoted[2] if quoted else cell


def number(cell: str) -> float | None:
    """Return the number in the cell, with a decimal point or comma, or None if it has none."""
    plain = cell.strip()
    if not re.fullmatch(r"-?\d{1,9}(?:[.,]\d{1,9})?", plain):
        return None
    return float(plain.replace(",", "."))


def _delimiter(body: str) -> str:
    header = re.sub(r'"[^"]*"', "", body.split("\n", 1)[0])
    return max(",;\t", key=header.count)
