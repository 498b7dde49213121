"""Reads and writes evidence: lenient with the JSON, a frozen record in code.

The evidence of a check is one record, or several in sequence. A field's name is its key in the
JSON, its type decides how it is read, and the text below it is its line in docs/json.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache, partial
from typing import Any, Self, get_args, get_origin, get_type_hints

from grader.types import Json, Measurement

Reader = Callable[[Json], Any]  # returns None if the JSON is missing or has another type


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Evidence of one kind, or one entry of a list in it.

    Every field of evidence is optional or a tuple, so that a report of an older grader, or one that
    is incomplete because of a fault, can still be shown. A list entry may have required fields; an
    entry that lacks one is left out.
    """

    @classmethod
    def read(cls, measurement: Measurement | None) -> Self:
        """Return the record in the evidence of `measurement`; an empty record for None.

        A key that is missing or has another type is read as None, a list as an empty tuple.
        """
        found = _record(cls, dict(measurement.evidence) if measurement else {})
        assert isinstance(found, cls), f"{cls.__name__} has fields that evidence may lack"
        return found

    @classmethod
    def key_names(cls) -> tuple[str, ...]:
        """Return the keys of the JSON, in the order in which they are written."""
        return tuple(each.name for each in fields(cls))

    def json(self) -> dict[str, Json]:
        """Return the record as JSON values, without fields that are None by default."""
        values = {each: getattr(self, each.name) for each in fields(self)}
        return {
            field.name: _json(value)
            for field, value in values.items()
            if value is not None or field.default is MISSING
        }


def written(*records: Record) -> dict[str, Json]:
    """Return the evidence of all `records` together, in their order."""
    evidence: dict[str, Json] = {}
    for each in records:
        evidence |= each.json()
    return evidence


def _json(value: Any) -> Json:
    if isinstance(value, Record):
        return value.json()
    return [_json(each) for each in value] if isinstance(value, tuple) else value


def _truth(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole_number(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Json) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


_SCALARS: Mapping[object, Reader] = {bool: _truth, int: _whole_number, float: _number, str: _text}


def _record(record: type[Record], value: Json) -> Record | None:
    if not isinstance(value, dict):
        return None
    found = {}
    readers = _readers(record)  # type: ignore[arg-type]  # a class is hashable
    for name, (read, is_optional) in readers.items():
        found[name] = read(value.get(name))
        if found[name] is None and not is_optional:
            return None
    return record(**found)


@cache
def _readers(record: Any) -> Mapping[str, tuple[Reader, bool]]:
    """Return, for each field of `record`, its reader and True if the field may be None."""
    hints = get_type_hints(record).items()
    return {name: (_reader(hint), type(None) in get_args(hint)) for name, hint in hints}


def _reader(hint: Any) -> Reader:
    """Return the reader for a type: a scalar, a record, a tuple of these, or an optional one."""
    if type(None) in get_args(hint):
        (hint,) = set(get_args(hint)) - {type(None)}
        if get_origin(hint) is tuple:
            return partial(_items, _reader(get_args(hint)[0]))
        return _reader(hint)
    if get_origin(hint) is tuple:
        first, *others = get_args(hint)
        if others == [...]:
            return partial(_list, _reader(first))
        return partial(_fixed, tuple(map(_reader, (first, *others))))
    return _SCALARS[hint] if hint in _SCALARS else partial(_record, hint)


def _items(read: Reader, value: Json) -> tuple[Any, ...] | None:
    """Return the items of a list, without items of another type; None if it is not a list."""
    if not isinstance(value, list):
        return None
    return tuple(item for each in value if (item := read(each)) is not None)


def _list(read: Reader, value: Json) -> tuple[Any, ...]:
    return _items(read, value) or ()


def _fixed(readers: tuple[Reader, ...], value: Json) -> tuple[Any, ...] | None:
    """Return the items of a list of fixed length; None if the length or a type differs."""
    if not isinstance(value, list) or len(value) != len(readers):
        return None
    items = tuple(read(each) for read, each in zip(readers, value, strict=True))
    return None if None in items else items
