"""The statistics of a class as one sheet: the column `table` says what a line is about."""

import csv
import io
from collections.abc import Iterator

from grader import text
from grader.report.class_statistics import ClassStatistics

# An empty cell is unknown, or not a figure of this table.
HEADINGS = (
    *("table", "id", "title", "possible", "decided", "pending", "mean", "median"),
    *("discrimination", "compared", "low", "high", "status", "hand_ins", "seconds", "longest"),
)
Line = dict[str, str | float | None]


def render(found: ClassStatistics) -> str:
    """Return the sheet, safe to open in a spreadsheet; lines end with CRLF (RFC 4180).

    Of a `question` it has the points; of a `distribution` the hand-ins with `low` up to `high`
    points of a question; of a `time` the seconds of a check; of a `failure` a reason as its title.
    """
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, HEADINGS, restval="")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in each.items()} for each in _lines(found))
    return written.getvalue()


def _lines(found: ClassStatistics) -> Iterator[Line]:
    for part in found.parts:
        yield {
            "table": "question",
            "id": part.id,
            "title": part.title,
            "possible": part.possible,
            "decided": part.decided,
            "pending": part.pending,
            "mean": part.mean,
            "median": part.median,
            "discrimination": part.discrimination,
            "compared": part.compared,
        }
    for part in found.parts:
        for each in part.distribution:
            yield {
                "table": "distribution",
                "id": part.id,
                "low": each.low,
                "high": each.high,
                "hand_ins": each.count,
            }
    for time in found.times:
        yield {
            "table": "time",
            "id": time.id,
            "hand_ins": time.hand_ins,
            "seconds": time.seconds,
            "median": time.median,
            "longest": time.longest,
        }
    for failure in found.failures:
        yield {
            "table": "failure",
            "id": failure.check,
            "title": failure.reason,
            "status": failure.status.value,
            "hand_ins": failure.hand_ins,
        }


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return text.cell(value) if isinstance(value, str) else f"{value:.6g}"
