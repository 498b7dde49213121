"""TOML files that people write: validated once, with all faults reported together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from grader.labs.faults import SEVERAL, faults_of, without_unknown_keys
from grader.labs.files import WrongTable, read_toml

T = TypeVar("T", bound="Table")


class Table(BaseModel):
    """A table of a TOML file: frozen; unknown keys are faults.

    `read_before` are the keys of the file that are read and removed before validation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    read_before: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def faults_between(cls, content: Any, context: Any) -> Iterator[str]:  # noqa: ARG003
        """Yield the faults between the valid parts of `content`, if other parts are invalid.

        `context` is the context of the validation.
        """
        yield from ()


def refuse(faults: Sequence[str]) -> None:
    """Raise one pydantic error that contains all of `faults`; do nothing if there are none."""
    if faults:
        told = {"faults": tuple(faults), "text": "; ".join(faults)}
        raise PydanticCustomError(SEVERAL, "{text}", told)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """The content of a file, the `faults` found while reading it, and the validators' context."""

    path: Path
    content: dict[str, Any]
    context: Any = None
    faults: tuple[str, ...] = ()


def validated(file: TableFile, kind: type[T], *, help: str) -> T:
    """Validate the content of `file` as a `kind`. Raises `WrongTable` with `help` on any fault."""
    found = list(file.faults)
    try:
        table = kind.model_validate(file.content, context=file.context)
    except ValidationError as error:
        found += faults_of(kind, file.content, error)
        found += kind.faults_between(without_unknown_keys(file.content, error), file.context)
    if found:  # not chained to the error: its text repeats values, which may be passwords
        raise WrongTable(file.path, tuple(dict.fromkeys(found)), help)
    return table


def read_table(
    path: Path,
    kind: type[T],
    *,
    help: str,
    resolved: Callable[[dict[str, Any]], dict[str, Any]],
) -> T:
    """Read the file at `path` and validate `resolved(content)` as a `kind`.

    Raises `GraderError` with `help`, which lists every wrong key with its fault.
    """
    file = TableFile(path=path, content=resolved(read_toml(path)))
    return validated(file, kind, help=help)
