"""Sheets about people, as files."""

from pathlib import Path

from grader.types import Arrival

MOODLE = "_assignsubmission_file_/"
JANE = Arrival(lms="moodle", lms_id="101", name="Jane Doe")


def sheet(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """The text as a file."""
    path = folder / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    return path
