"""Finds course.toml. This module imports no pydantic: most commands run without a course."""

from pathlib import Path

COURSE_FILE = "course.toml"


def find_course() -> Path | None:
    """Return the course.toml in the current folder, or in the nearest folder above it.

    Its path is relative only in the current folder. None if there is none.
    """
    if Path(COURSE_FILE).is_file():
        return Path(COURSE_FILE)
    here = Path.cwd()
    files = (folder / COURSE_FILE for folder in here.parents)
    return next((file for file in files if file.is_file()), None)
