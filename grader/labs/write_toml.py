"""A lab written as one TOML file that extends no other."""

from typing import Any

import tomli_w

from grader.labs.kinds import load_lab
from grader.labs.table import Table


def resolved(name: str) -> str:
    """The lab called `name`, or of that file, as TOML. Raises `GraderError` as `load_lab` does."""
    return as_toml(load_lab(name))


def as_toml(lab: Table) -> str:
    """The keys that the files of `lab` set, as TOML that loads to an equal lab."""
    return tomli_w.dumps(_plain(lab.model_dump(exclude_unset=True, exclude_none=True)))


def _plain(value: Any) -> Any:
    """Convert `value` to TOML's types; members of enumerations become text."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value
