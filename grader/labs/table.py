"""TOML files that people write, lab files and others: read, and validated once."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.errors import GraderError

T = TypeVar("T", bound="Table")


class Table(BaseModel):
    """A table of such a file: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def read_table(
    path: Path,
    kind: type[T],
    *,
    help: str,
    resolved: Callable[[dict[str, Any]], dict[str, Any]] = lambda content: content,
) -> T:
    """The file at `path` as a `kind`, of what `resolved` makes of its content.

    Raises `GraderError` that names the first wrong key and says what is wrong with it, with `help`.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return kind.model_validate(resolved(content))
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GraderError(f"{path} is not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        # Not from the error: its text repeats the value, which may be an address with a password.
        raise GraderError(
            f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}.", help=help
        ) from None
