"""Paths that lead into an archive: `B1.zip/report.pdf` is the file `report.pdf` in `B1.zip`.

With such a path a person says which PDF of an archive is the write-up.
"""

from contextlib import suppress
from pathlib import Path


def whole_of(source: Path) -> Path:
    """Return the archive that `source` leads into; `source` itself for any other path."""
    with suppress(OSError, ValueError):  # a name that no file can have
        if not source.exists():
            return next((each for each in source.parents if each.is_file()), source)
    return source


def name_inside(source: Path) -> str | None:
    """Return the name in its archive of the file that `source` leads to, None for other paths."""
    whole = whole_of(source)
    return None if whole == source else source.relative_to(whole).as_posix()
