"""Finds course.toml. This module imports no pydantic: most commands run without a course."""

from pathlib import Path

COURSE_FILE = "course.toml"


def find_course() -> Path | None:
    """Return the course.toml in the current folder, or in the nearest folder above it."""
    here = Path.cwd()
    files = (folder / COURSE_FILE for folder in (here, *here.parents))
    return next((file for file in files if file.is_file()), None)
