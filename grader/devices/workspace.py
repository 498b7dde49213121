"""The folder of a hand-in on a device; it is always removed, also after a broken connection."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.devices.connection import (
    Command,
    Companion,
    Connection,
    ConnectionLost,
    DeviceFull,
    Ended,
)
from grader.devices.scripts import script
from grader.errors import HarnessError

DEADLINE_SECONDS = 6 * 60 * 60  # a device that lost its grader then cleans up by itself
HASHING_SECONDS = 120.0
QUICK_SECONDS = 30.0
TEST_SET_MISSING = 3  # exit code of data.sh if the device lacks the test set
MARK = "EDGE_LAB_HAND_IN"
_GRADER = secrets.token_hex(
    8
)  # this grader has one hand-in at a time on a device; other graders may have more


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The content of a hand-in's folder: files by their POSIX path, and the test set.

    The paths in `executables` get execute permission. `data_sha256` is the hash of the test set,
    `data_path` its path in the folder.
    """

    files: Mapping[str, Path]
    data: Path
    data_sha256: str
    data_path: str
    executables: frozenset[str] = frozenset()


@contextmanager
def open_workspace(connection: Connection, tree: Tree) -> Iterator[PurePosixPath]:
    """Create a folder on the device with exactly this tree, yield its path, and remove it.

    A keeper process on the device has its own channel. When that channel closes, because we close
    it or the connection breaks, the keeper kills the processes of the hand-in and removes the
    folder. A new keeper first removes folders without a keeper, which remain after a power
    failure, and folders of this grader process: the device notices a stalled connection late.

    The test set is copied once, and linked after its hash was checked.

    Raises `ConnectionLost`, `DeviceFull` and `HarnessError`.
    """
    id = secrets.token_hex(8)
    grader = f"{_GRADER}-{connection.spec.name}"
    arguments = ("keeper", id, str(DEADLINE_SECONDS), grader)
    keeper = connection.start_companion(("sh", "-c", script("keeper"), *arguments), QUICK_SECONDS)
    with _closing(keeper):
        if not keeper.first_line.endswith(f"/{id}"):
            raise _error(connection, "cannot make a folder", keeper.first_line)
        folder = PurePosixPath(keeper.first_line)
        _fill(connection, folder, tree)
        yield folder


@contextmanager
def _closing(keeper: Companion) -> Iterator[None]:
    """End the keeper, which cleans up; after a broken connection it ends by itself."""
    try:
        yield
    finally:
        with suppress(ConnectionLost):
            keeper.close()


def _fill(connection: Connection, folder: PurePosixPath, tree: Tree) -> None:
    paths = {name: folder / name for name in (*tree.files, tree.data_path)}
    assert all(".." not in path.parts and folder in path.parents for path in paths.values())
    folders = sorted({str(path.parent) for path in paths.values()})
    _run(connection, ("mkdir", "-p", *folders))
    for name, local in tree.files.items():
        connection.put(local, paths[name], executable=name in tree.executables)
    data = paths[tree.data_path]
    if _link_test_set(connection, tree, data).returncode == TEST_SET_MISSING:
        connection.put(tree.data, data)
        ended = _link_test_set(connection, tree, data, "keep")
        if ended.returncode:
            raise _error(connection, "received a damaged copy of the test set", _reason(ended))


def _link_test_set(connection: Connection, tree: Tree, path: PurePosixPath, *keep: str) -> Ended:
    arguments = ("sh", "-c", script("data"), "data", tree.data_sha256, str(path), *keep)
    ended = connection.run(Command(arguments=arguments, seconds=HASHING_SECONDS))
    if ended.returncode not in {0, TEST_SET_MISSING}:
        raise _error(connection, "cannot link the test set", _reason(ended))
    return ended


def _run(connection: Connection, arguments: tuple[str, ...]) -> None:
    ended = connection.run(Command(arguments=arguments, seconds=QUICK_SECONDS))
    if ended.returncode:
        raise _error(connection, f"cannot run {arguments[0]}", _reason(ended))


def _reason(ended: Ended) -> str:
    if ended.stopped:
        return f"it was stopped after {ended.seconds:.0f} s"
    return ended.errors.decode("utf-8", "replace").strip() or f"exit code {ended.returncode}"


def _error(connection: Connection, what: str, first_line: str) -> HarnessError:
    name = connection.spec.name
    if "No space left" in first_line or "Disk quota exceeded" in first_line:
        return DeviceFull(f"{name} has no disk space for a hand-in: {first_line}")
    return HarnessError(f"{name} {what}: {first_line}")
