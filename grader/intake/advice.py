"""Advice for a student whose hand-in lacks a file, from the names of the files in it."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.intake.names import same_on_some_system
from grader.labs.hand_in_files import ARCHIVES, CHECKPOINTS
from grader.text import several, shown
from grader.types import Role

MOST_LISTED = 8  # names in one sentence


def hint(role: Role, path: str, others: Sequence[str]) -> str:
    """Return advice on the missing `path`: the most likely of `others`, and where to move it.

    `others` are the files of the hand-in that the lab does not ask for. If none is likely and an
    archive is among them, the advice is empty: `about_the_whole` has it.
    """
    for suspect in (_other_case, _elsewhere, _other_suffix, _other_model, _other_notebook):
        found = suspect(role, PurePosixPath(path), others)
        if found is not None:
            return found
    if any(map(is_archive, others)):
        return ""
    if role is Role.NOTEBOOK:
        top = "" if "/" in path else " at the top,"
        return f"Add the notebook{top} as {shown(path)}."
    return f"Add it as {shown(path)}."


def _other_case(_: Role, asked: PurePosixPath, others: Sequence[str]) -> str | None:
    for name in others:
        if same_on_some_system(name) == same_on_some_system(str(asked)):
            return (
                f"Found {shown(name)}: rename it to {shown(str(asked))}; upper and lower case "
                "are different."
            )
    return None


def _elsewhere(_: Role, asked: PurePosixPath, others: Sequence[str]) -> str | None:
    for name in others:
        if same_on_some_system(PurePosixPath(name).name) == same_on_some_system(asked.name):
            where = "" if "/" in name else " at the top"
            into = "the top" if str(asked.parent) == "." else shown(f"{asked.parent}/")
            renamed = "" if name.endswith(asked.name) else f" as {shown(asked.name)}"
            return f"Found {shown(name)}{where}: move it to {into}{renamed}."
    return None


def _other_suffix(_: Role, asked: PurePosixPath, others: Sequence[str]) -> str | None:
    for name in others:
        other = PurePosixPath(name)
        if (
            other.parent == asked.parent
            and other.name.startswith(f"{asked.stem}.")
            and not is_archive(name)
        ):
            return f"Found {shown(name)}: save it as {shown(str(asked))}."
    return None


def _other_model(role: Role, asked: PurePosixPath, others: Sequence[str]) -> str | None:
    if role is not Role.CHECKPOINT:
        return None
    for name in others:
        if name.lower().endswith(CHECKPOINTS):
            return (
                f"Found {shown(name)}: if it is the model of this lab, rename it to "
                f"{shown(str(asked))}; otherwise hand in the model of this lab."
            )
    return None


def _other_notebook(role: Role, asked: PurePosixPath, others: Sequence[str]) -> str | None:
    if role is not Role.NOTEBOOK:
        return None
    for name in others:
        if name.lower().endswith(".ipynb"):
            where = "the top" if str(asked.parent) == "." else shown(f"{asked.parent}/")
            return f"Found {shown(name)}: move it to {where} as {shown(asked.name)}."
    return None


def is_archive(name: str) -> bool:
    """True if `name` is that of an archive, of any format."""
    return name.lower().endswith(ARCHIVES)


def about_the_whole(names: Sequence[str]) -> tuple[str, ...]:
    """Return notes on the whole hand-in, for a hand-in that lacks files of the lab."""
    notes = _about_archives([name for name in names if is_archive(name)])
    notes += [
        f"{shown(name)} is a part of a PyTorch checkpoint: put the .pth file itself into the "
        "zip, not its content."
        for name in names
        if PurePosixPath(name).name == "data.pkl"
    ][:1]
    return tuple(notes)


def _about_archives(names: Sequence[str]) -> list[str]:
    others = [name for name in names if not name.lower().endswith(".zip")]
    if others:
        first = f"The hand-in contains an archive ({shown(others[0])})"
        return [f"{first}: hand in its content instead, in a zip."]
    if len(names) > 1:
        return [f"{listed(names)} are archives: hand in only the one with your files."]
    return [
        f"{shown(name)} is a zip in a zip{' in a zip' if '.zip/' in name.lower() else ''}: hand in "
        "the inner one, with all of your files in it."
        for name in names
    ]


def listed(names: Sequence[str]) -> str:
    """The names as a sentence says them: `a, b and c`, or the first few `and 5 more`."""
    if len(names) > MOST_LISTED:
        return several(map(shown, names), MOST_LISTED)
    *first, last = map(shown, names or [""])
    return f"{', '.join(first)} and {last}" if first else last
