"""The hashes that identify a lab by its content.

A field at its default is not hashed: when a later grader adds a field, the hashes of existing labs
stay the same, and graded classes are not measured again. The fields of `_VERSION_1` are hashed at
their default too, because the hashes of the first graded classes contain them.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from grader.labs.table import Table

_VERSION_1: Mapping[str, frozenset[str]] = {
    "NetworkLab": frozenset({"runner", "questions", "landmarks"}),
    "Deadline": frozenset({"due", "late"}),
    "LatePolicy": frozenset({"policy", "percent_per_day", "most_percent", "grace_minutes"}),
    "Layout": frozenset({"blank_notebook"}),
    "ScoreSpec": frozenset({"floor", "cap"}),
    "Question": frozenset({"properties", "settings"}),
    "QuestionSettings": frozenset({"name", "elements", "nonzeros", "size_ratio", "accuracy"}),
}
# The keys on which measurements depend; of a table with a set, only the keys in the set.
_MEASURED: Mapping[str, frozenset[str] | None] = {
    "layout": None,
    "limits": None,
    "dataset": None,
    "network": None,
    "accuracy": frozenset({"images", "notebook_images", "same_network_agreement"}),
    "runner": None,
    "answers": None,
    "tables": None,
    "experiment": None,
    "questions": frozenset({"id", "kind", "headings", "takes", "settings", "words"}),
}


def content_sha256(lab: Table) -> str:
    """The SHA-256 of the content of `lab`, without comments and the order of keys."""
    return _sha256(canonical(lab))


def measured_sha256(lab: Table, blank: bytes | None) -> str:
    """As `content_sha256`, of the keys on which measurements depend and the blank notebook."""
    content = canonical(lab)
    measured = {
        key: content[key] if of_it is None else _only(content[key], of_it)
        for key, of_it in _MEASURED.items()
        if key in content
    }
    return _sha256({**measured, "blank": blank and hashlib.sha256(blank).hexdigest()})


def canonical(table: Table) -> dict[str, Any]:
    """The hashed content of `table`, in JSON's types."""
    found: dict[str, Any] = _canonical(table, table.model_dump(mode="json"))
    return found


def _canonical(value: Any, content: Any) -> Any:
    if isinstance(value, Table):
        return {
            name: _canonical(getattr(value, name), content[name])
            for name in type(value).model_fields
            if _counts(value, name)
        }
    if isinstance(value, tuple):
        return [_canonical(each, part) for each, part in zip(value, content, strict=True)]
    return content


def _counts(table: Table, name: str) -> bool:
    field = type(table).model_fields[name]
    if field.is_required() or name in _VERSION_1.get(type(table).__name__, ()):
        return True
    return bool(getattr(table, name) != field.get_default(call_default_factory=True))


def _only(content: Any, keys: frozenset[str]) -> Any:
    if isinstance(content, list):
        return [_only(each, keys) for each in content]
    return {key: value for key, value in content.items() if key in keys}


def _sha256(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
