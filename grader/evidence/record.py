"""How evidence is read and written: loose on the wire, a frozen record in code.

The evidence of a check is one record, or several one after the other. A field's name is its key in
the JSON, its type says how it is read, and the text below it is its line in docs/json.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache, partial
from typing import Any, Self, get_args, get_origin, get_type_hints

from grader.types import Json, Measurement

Reader = Callable[[Json], Any]  # None where the JSON is missing or of another type


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Evidence of one kind, or one row of a list in it.

    Every field of evidence is optional or a tuple: a report of an older grader, or one cut short by
    a fault, is still shown. A row without one of its other fields is no row.
    """

    @classmethod
    def read(cls, measurement: Measurement | None) -> Self:
        """The record in the evidence of `measurement`; without one, nothing is known.

        What is missing or of another type reads as None, and a list of it as an empty tuple.
        """
        found = _record(cls, dict(measurement.evidence) if measurement else {})
        assert isinstance(found, cls), f"{cls.__name__} has fields that evidence may lack"
        return found

    @classmethod
    def key_names(cls) -> tuple[str, ...]:
        """The keys of the JSON, in the order in which they are written."""
        return tuple(each.name for each in fields(cls))

    def json(self) -> dict[str, Json]:
        """The record as JSON values; a field that may be left out is, while it is None."""
        values = {each: getattr(self, each.name) for each in fields(self)}
        return {
            field.name: _json(value)
            for field, value in values.items()
            if value is not None or field.default is MISSING
        }


def written(*records: Record) -> dict[str, Json]:
    """The evidence that these records make together, in their order."""
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
    """How each field of a record's class is read, and whether it may be None."""
    hints = get_type_hints(record).items()
    return {name: (_reader(hint), type(None) in get_args(hint)) for name, hint in hints}


def _reader(hint: Any) -> Reader:
    """How JSON is read as `hint`: a scalar, a record, a tuple of these, or one of them or None."""
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
    """The items of a list, without those that are of another type."""
    if not isinstance(value, list):
        return None
    return tuple(item for each in value if (item := read(each)) is not None)


def _list(read: Reader, value: Json) -> tuple[Any, ...]:
    return _items(read, value) or ()


def _fixed(readers: tuple[Reader, ...], value: Json) -> tuple[Any, ...] | None:
    """The items of a list of a fixed length, if each is of its type."""
    if not isinstance(value, list) or len(value) != len(readers):
        return None
    items = tuple(read(each) for read, each in zip(readers, value, strict=True))
    return None if None in items else items
