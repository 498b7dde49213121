"""extensions.json: the extensions of a class, for a later grading without their sheet."""

from pathlib import Path

from grader.lms.extensions import Extensions, parse, render
from grader.results.folder import EXTENSIONS, write_file


def keep_extensions(extensions: Extensions, out: Path) -> None:
    """Write the extensions to `out`; without any the file is deleted. Raises `GraderError`."""
    if not extensions.allowed:
        (out / EXTENSIONS).unlink(missing_ok=True)
        return
    write_file(out / EXTENSIONS, render(extensions))


def kept_extensions(out: Path) -> Extensions | None:
    """Return the extensions that an earlier grading kept in `out`; None if there are none."""
    try:
        return parse((out / EXTENSIONS).read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError):
        return None
