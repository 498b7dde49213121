"""What a hostile case is: the bytes, and the verdict they must get.

A case is a line in one of the tables beside this file, where its bytes are dull enough to be made
by code; or a folder below `tests/hostile/<area>/`, with the file itself and its `expected.toml`.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.types import Status

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Hostile bytes and their verdict: `check` ends with `status`, in words that hold `says`.

    `check` is the id of a measurement. `says` is looked for in its reason, or, where it passed, in
    what it asks a person to review.
    """

    name: str
    make: Callable[[], bytes]
    check: str
    says: str
    status: Status = Status.FAILED

    def __str__(self) -> str:
        return self.name


def folder_cases(area: str, file: str) -> tuple[Case, ...]:
    """Every folder of `tests/hostile/<area>/`, each with its `file` and an `expected.toml`."""
    return tuple(_folder_case(folder, file) for folder in sorted((HERE / area).glob("*/")))


def _folder_case(folder: Path, file: str) -> Case:
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    return Case(
        name=folder.name,
        make=(folder / file).read_bytes,
        check=expected["check"],
        says=expected["says"],
        status=Status(expected.get("status", "failed")),
    )
