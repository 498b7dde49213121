"""`extends`: a lab file that contains only its differences from another lab.

Tables are merged key by key. Lists of tables that have an `id` (items, questions) are merged by
id: a known id changes that table, a new id is appended. Every other value and list replaces the
value of the extended lab. `remove` deletes keys before the merge.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.labs import LAB_FOLDER
from grader.labs.files import lab_names, read_toml

EXTENDS, REMOVE = "extends", "remove"
LONGEST_CHAIN = 5  # lab files
_OWN = ("name",)  # never inherited: reports name the lab by it

Content = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A lab file merged with the files that it extends, not yet validated.

    `folders` are the folders of these files, the file's own first. `faults` lists the keys in
    `remove` that do not exist.
    """

    content: Content
    folders: tuple[Path, ...]
    faults: tuple[str, ...] = ()


def resolve(path: Path, extended_by: tuple[Path, ...] = ()) -> Resolved:
    """Read the lab file at `path` and merge it with what it extends.

    `extended_by` are the files that extend this one. Raises `GraderError` if a file is missing,
    cannot be read or is not TOML, if labs extend each other in a circle, and if the chain has more
    than `LONGEST_CHAIN` files.
    """
    chain = (*extended_by, path.resolve())
    names = " -> ".join(each.name for each in chain)
    if chain[-1] in extended_by:
        raise GraderError(f"Lab files extend each other in a circle: {names}.")
    if len(chain) > LONGEST_CHAIN:
        raise GraderError(f"The chain of lab files has more than {LONGEST_CHAIN}: {names}.")
    own = read_toml(path)
    base_name, removed = own.pop(EXTENDS, None), own.pop(REMOVE, [])
    if not isinstance(removed, list) or not all(isinstance(each, str) for each in removed):
        raise GraderError(f'{path}: {REMOVE} must be a list of keys, for example ["runner"].')
    if base_name is None:
        faults = (f"{REMOVE}: this file extends no lab",) if removed else ()
        return Resolved(content=own, folders=(path.parent,), faults=faults)
    base = resolve(_base_path(base_name, path), chain)
    content, unknown = _without(base.content, removed)
    for key in _OWN:
        content.pop(key, None)
    return Resolved(
        content=merged(content, own),
        folders=(path.parent, *base.folders),
        faults=(
            *base.faults,
            *(f"{REMOVE}: the extended lab has no {each}" for each in unknown),
        ),
    )


def _base_path(name: object, path: Path) -> Path:
    """The lab file that `extends` names: a shipped lab, or a path relative to `path`'s folder.

    Raises `GraderError` if there is no such file.
    """
    if isinstance(name, str) and name in lab_names():
        return LAB_FOLDER / f"{name}.toml"
    if isinstance(name, str) and name.endswith(".toml") and (path.parent / name).is_file():
        return path.parent / name
    raise GraderError(
        f"{path}: {EXTENDS}: there is no lab {name!r}.",
        help=f"Use one of {', '.join(lab_names())}, or the path of a .toml file relative to the "
        "folder of this one.",
    )


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> Content:
    """A new table: `base`, changed by `own`."""
    content = dict(base)
    for key, value in own.items():
        content[key] = _merged_value(content[key], value) if key in content else value
    return content


def _merged_value(base: object, own: object) -> object:
    if isinstance(base, dict) and isinstance(own, dict):
        return merged(base, own)
    if _has_ids(base) and _has_ids(own):
        return _merged_by_id(base, own)
    return own


def _has_ids(value: Any) -> bool:
    tables = isinstance(value, list) and all(isinstance(each, dict) for each in value)
    return tables and all("id" in each for each in value)


def _merged_by_id(base: Any, own: Any) -> list[Content]:
    """Merge each id once: an id that `own` has twice stays twice, and validation reports it."""
    content = list(base)
    open_ids = [each["id"] for each in base]
    for table in own:
        if table["id"] in open_ids:
            at = open_ids.index(table["id"])
            content[at], open_ids[at] = merged(content[at], table), None
        else:
            content.append(table)
    return content


def _without(base: Content, removed: Sequence[str]) -> tuple[Content, tuple[str, ...]]:
    """A copy of `base` without the keys in `removed`, and the keys that do not exist."""
    content = deepcopy(base)
    return content, tuple(each for each in removed if not _take_away(content, each))


def _take_away(content: Any, key: str) -> bool:
    """Delete `key`, for example `layout.paths.runner` or `questions.4.3`; False if it is missing.

    In a list of tables the rest of `key` is an id, which may contain dots.
    """
    if isinstance(content, list):
        ids = [each.get("id") if isinstance(each, dict) else None for each in content]
        if key not in ids:
            return False
        del content[ids.index(key)]
        return True
    if not isinstance(content, dict):
        return False
    first, _, rest = key.partition(".")
    if rest:
        return first in content and _take_away(content[first], rest)
    return content.pop(first, None) is not None
