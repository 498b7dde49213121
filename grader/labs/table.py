"""TOML files that people write, lab files and others: validated once, every fault told at once."""

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
    """A table of such a file: frozen, and without keys that nobody knows.

    `read_before` names keys of the file that are read and dropped before it is validated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    read_before: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def faults_between(cls, content: Any, context: Any) -> Iterator[str]:  # noqa: ARG003
        """The faults between parts of `content` that are right in themselves, while others are not.

        `context` is what the file was validated with.
        """
        yield from ()


def refuse(faults: Sequence[str]) -> None:
    """Raise the one error, of a model's validator, that stands for all of `faults`; none, none."""
    if faults:
        told = {"faults": tuple(faults), "text": "; ".join(faults)}
        raise PydanticCustomError(SEVERAL, "{text}", told)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """A file that was read: what is in it, the `faults` known of it, what validators are given."""

    path: Path
    content: dict[str, Any]
    context: Any = None
    faults: tuple[str, ...] = ()


def validated(file: TableFile, kind: type[T], *, help: str) -> T:
    """The content of `file` as a `kind`. Raises `WrongTable` with `help` where it has a fault."""
    found = list(file.faults)
    try:
        table = kind.model_validate(file.content, context=file.context)
    except ValidationError as error:
        found += faults_of(kind, file.content, error)
        found += kind.faults_between(without_unknown_keys(file.content, error), file.context)
    if found:  # not from the error: its text repeats values, as an address with a password
        raise WrongTable(file.path, tuple(dict.fromkeys(found)), help)
    return table


def read_table(
    path: Path,
    kind: type[T],
    *,
    help: str,
    resolved: Callable[[dict[str, Any]], dict[str, Any]],
) -> T:
    """The file at `path` as a `kind`, of what `resolved` makes of its content.

    Raises `GraderError` that names every wrong key and says what is wrong with it, with `help`.
    """
    file = TableFile(path=path, content=resolved(read_toml(path)))
    return validated(file, kind, help=help)
