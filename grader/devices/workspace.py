"""A hand-in's folder on a device, gone when we are done, whichever way that comes about."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.devices.connection import Command, Connection, Ended, Full, Held, Lost
from grader.devices.scripts import script
from grader.errors import HarnessError

DEADLINE_SECONDS = 6 * 60 * 60  # after which a board that lost its grader cleans up by itself
HASHING_SECONDS = 120.0
QUICK_SECONDS = 30.0
NOT_KEPT = 3  # what data.sh ends with where the device lacks the test set
MARK = "EDGE_LAB_HAND_IN"
_GRADER = secrets.token_hex(8)  # a board has one hand-in of ours at a time, and others' beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a hand-in's folder holds: its files by their POSIX path, and the test set at its own.

    Those of `executables` may be run. `data_sha256` is the test set's, `data_place` where the lab
    has it in the folder.
    """

    files: Mapping[str, Path]
    data: Path
    data_sha256: str
    data_place: str
    executables: frozenset[str] = frozenset()


@contextmanager
def open_workspace(connection: Connection, tree: Tree) -> Iterator[PurePosixPath]:
    """A fresh folder on the device with exactly this tree; it is removed afterwards.

    A keeper on the device, over a channel of its own, kills what runs for the hand-in and removes
    the folder when that channel closes, by us or because the connection broke. What an earlier
    keeper left, of a board that was switched off, goes first, and so does a hand-in that this
    process lost: a board learns late of a connection that stalled.

    The test set is brought once, and linked in after its hash was checked. Raises `Lost`, `Full`
    and `HarnessError`.
    """
    id = secrets.token_hex(8)
    grader = f"{_GRADER}-{connection.spec.name}"
    arguments = ("keeper", id, str(DEADLINE_SECONDS), grader)
    keeper = connection.hold(("sh", "-c", script("keeper"), *arguments), QUICK_SECONDS)
    with _closing(keeper):
        if not keeper.said.endswith(f"/{id}"):
            raise _trouble(connection, "cannot make a folder", keeper.said)
        folder = PurePosixPath(keeper.said)
        _lay_out(connection, folder, tree)
        yield folder


@contextmanager
def _closing(keeper: Held) -> Iterator[None]:
    """Let the keeper clean up; what it does after a broken connection it does without us."""
    try:
        yield
    finally:
        with suppress(Lost):
            keeper.close()


def _lay_out(connection: Connection, folder: PurePosixPath, tree: Tree) -> None:
    places = {name: folder / name for name in (*tree.files, tree.data_place)}
    assert all(".." not in place.parts and folder in place.parents for place in places.values())
    folders = sorted({str(place.parent) for place in places.values()})
    _do(connection, ("mkdir", "-p", *folders))
    for name, local in tree.files.items():
        connection.put(local, places[name], executable=name in tree.executables)
    data = places[tree.data_place]
    if _data(connection, tree, data).returncode == NOT_KEPT:
        connection.put(tree.data, data)
        ended = _data(connection, tree, data, "keep")
        if ended.returncode:
            raise _trouble(connection, "did not get the test set whole", _said(ended))


def _data(connection: Connection, tree: Tree, place: PurePosixPath, *keep: str) -> Ended:
    arguments = ("sh", "-c", script("data"), "data", tree.data_sha256, str(place), *keep)
    ended = connection.run(Command(arguments=arguments, seconds=HASHING_SECONDS))
    if ended.returncode not in {0, NOT_KEPT}:
        raise _trouble(connection, "cannot link the test set", _said(ended))
    return ended


def _do(connection: Connection, arguments: tuple[str, ...]) -> None:
    ended = connection.run(Command(arguments=arguments, seconds=QUICK_SECONDS))
    if ended.returncode:
        raise _trouble(connection, f"cannot run {arguments[0]}", _said(ended))


def _said(ended: Ended) -> str:
    if ended.stopped:
        return f"it took more than {ended.seconds:.0f} s"
    return ended.errors.decode("utf-8", "replace").strip() or f"exit code {ended.returncode}"


def _trouble(connection: Connection, what: str, said: str) -> HarnessError:
    name = connection.spec.name
    if "No space left" in said or "Disk quota exceeded" in said:
        return Full(f"{name} has no room for a hand-in: {said}")
    return HarnessError(f"{name} {what}: {said}")
