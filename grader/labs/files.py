"""Finds and reads the files of a lab, without validation.

This module does not import pydantic: `grader lab list` needs only this module.
"""

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.labs import DEFAULT_LAB, LAB_FOLDER
from grader.text import sentence

NAME_PATTERN = r"^[a-z0-9][a-z0-9.-]*$"


class WrongTable(GraderError):
    """A file has faults: the message contains all of them, `faults` is the list of them."""

    def __init__(self, path: Path, faults: Sequence[str], help: str) -> None:
        super().__init__(f"{path}: {'; '.join(faults)}.", help=help)
        self.faults = tuple(faults)


def lab_names() -> tuple[str, ...]:
    """The names of the labs that come with the grader, the default first."""
    names = sorted(path.stem for path in LAB_FOLDER.glob("*.toml"))
    return (DEFAULT_LAB, *(name for name in names if name != DEFAULT_LAB))


def lab_path(name: str) -> Path:
    """The TOML file of the shipped lab `name`, or the file at the path `name`.

    Raises `GraderError` if there is none.
    """
    if name in lab_names():
        return LAB_FOLDER / f"{name}.toml"
    if name.endswith(".toml") and Path(name).is_file():
        return Path(name)
    raise GraderError(
        f"There is no lab {name!r}.",
        help=f"Use one of {', '.join(lab_names())}, or the path of a lab's .toml file.",
    )


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises `GraderError` if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GraderError(f"{path} is not TOML: {sentence(error)}") from error


def path_beside(name: str, folders: Iterable[Path], suffix: str) -> Path:
    """The path of the file `name` of a lab: the first in `folders`, then in the shipped labs.

    Raises `ValueError` if there is none, and if `name` has a folder in it or another suffix.
    """
    if Path(name).name != name or not name.endswith(suffix):
        raise ValueError(f"{name!r} must be the name of a {suffix} file, without a folder")
    paths = (folder / name for folder in (*folders, LAB_FOLDER))
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        raise ValueError(f"{name!r} is not beside the lab file and does not come with the grader")
    return found
