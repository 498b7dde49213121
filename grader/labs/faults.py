"""The faults of a file as text: the key path of each, and the nearest known key."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

SEVERAL = "several"  # the type of an error that contains several `faults` in its context
_UNKNOWN = "extra_forbidden"

Keys = Sequence[int | str]  # the keys and list indices that lead to a value


def faults_of(kind: type[BaseModel], content: Any, error: ValidationError) -> tuple[str, ...]:
    """The faults in `error`, which validating `content` as a `kind` raised: `key.path: fault`.

    No fault repeats a value of `content` unless a validator of `kind` does.
    """
    found: list[str] = []
    for each in error.errors(include_url=False, include_input=False):
        where = key_path(each["loc"], content)
        found += (f"{where}: {text}" if where else text for text in _texts(each, kind))
    return tuple(found)


def key_path(keys: Keys, content: Any) -> str:
    """The path of a value as text: `questions[4.1].points`, with a table's id, name or number."""
    where = ""
    for key in keys:
        content = _inner(content, key)
        if isinstance(key, int):
            where += f"[{_name(content) or f'number {key + 1}'}]"
        else:
            where += f".{key}" if where else key
    return where


def without_unknown_keys(content: Any, error: ValidationError) -> Any:
    """A copy of `content` without the keys that are unknown according to `error`."""
    known = deepcopy(content)
    for each in error.errors(include_url=False, include_input=False):
        if each["type"] == _UNKNOWN:
            table = known
            for key in each["loc"][:-1]:
                table = _inner(table, key)
            if isinstance(table, dict):
                table.pop(each["loc"][-1], None)
    return known


def _texts(error: ErrorDetails, kind: type[BaseModel]) -> Iterator[str]:
    if error["type"] == SEVERAL:
        yield from error["ctx"]["faults"]
    elif error["type"] == "missing":
        yield "this key is missing"
    elif error["type"] == _UNKNOWN:
        near = get_close_matches(str(error["loc"][-1]), _known_keys(kind, error["loc"][:-1]), n=1)
        yield f"there is no such key; the nearest is {near[0]}" if near else "there is no such key"
    else:
        yield error["msg"].removeprefix("Value error, ")


def _known_keys(kind: type[BaseModel], keys: Keys) -> tuple[str, ...]:
    """The known keys of the table at `keys`, in a file that is a `kind`."""
    for key in keys:
        if isinstance(key, str):
            field = kind.model_fields.get(key)
            inner = next(_models(field.annotation), None) if field else None
            if inner is None:
                return ()
            kind = inner
    return (*kind.model_fields, *getattr(kind, "read_before", ()))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in `annotation`: a model, or one in a tuple, a union or the values of a dict."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def _inner(content: Any, key: int | str) -> Any:
    """The value of `content` at `key`, None if there is none."""
    if isinstance(content, Mapping):
        return content.get(key)
    if isinstance(content, list) and isinstance(key, int) and key < len(content):
        return content[key]
    return None


def _name(table: Any) -> str:
    names = (table.get(key) for key in ("id", "name")) if isinstance(table, Mapping) else ()
    return next((name for name in names if isinstance(name, str) and name), "")
