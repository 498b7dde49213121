"""Changes of the default lab, as a lab file would have them."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.labs import DEFAULT_LAB, LAB_FOLDER
from grader.labs.network_lab import NetworkLab

NAMES = ("prune-mobilenet-2024", "prune-mobilenet-2024-original", "prune-mobilenet-2025")

DEFAULT = (LAB_FOLDER / f"{DEFAULT_LAB}.toml").read_text(encoding="utf-8")

Change = Callable[[dict[str, Any]], None]


def setting(path: str, value: object) -> Change:
    """Set the key at `path`, for example `score.points`, to `value`."""

    def change(content: dict[str, Any]) -> None:
        *tables, key = path.split(".")
        for table in tables:
            content = content[int(table) if table.isdigit() else table]  # type: ignore[index]  # a list of tables
        content[key] = value

    return change


def without(table: str, key: str) -> Change:
    """Delete `key` from `table`, for example from `layout.paths`."""

    def change(content: dict[str, Any]) -> None:
        for name in table.split("."):
            content = content[name]
        del content[key]

    return change


def changed(*changes: Change) -> NetworkLab:
    """The default lab with some keys changed."""
    content = tomllib.loads(DEFAULT)
    for change in changes:
        change(content)
    return NetworkLab.model_validate(content)


def marked(first: str, points: float, second: str, others: float) -> Change:
    """Give two questions other points."""

    def change(content: dict[str, Any]) -> None:
        given = {first: points, second: others}
        for question in content["questions"]:
            question["points"] = given.get(question["id"], question["points"])

    return change


def written(folder: Path, *replacements: tuple[str, str]) -> str:
    """Write the default lab file with parts replaced; return its path."""
    text = DEFAULT
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "lab.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)
