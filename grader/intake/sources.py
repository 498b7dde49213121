"""Find the hand-ins among the paths on the command line."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import GraderError
from grader.intake.advice import is_archive
from grader.intake.inside import name_inside
from grader.intake.names import is_ignored
from grader.intake.other_lab import for_a_pdf
from grader.labs.hand_in_files import NETWORK_FILES, HandInFiles

MODEL_SUFFIXES = frozenset({".pth", ".pt", ".pte", ".ipynb"})
DEEPEST = 8  # folders around an unzipped hand-in


def find_sources(paths: Sequence[Path], files: HandInFiles = NETWORK_FILES) -> tuple[Path, ...]:
    """Return the hand-ins among `paths`, each an archive, an unzipped one, or in a folder.

    `files` is what hand-ins of the lab look like. Every file in `paths` is taken, of any format, so
    that it is checked. In a folder of hand-ins, hidden files and what is no hand-in are skipped.
    The order is that of `paths`, and by name within a folder. Raises `GraderError` if a path does
    not exist or has no hand-in.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        try:
            for source in _within(path, files):
                found.setdefault(source.resolve(), source)
        except OSError as error:
            raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error
    return tuple(found.values())


def _within(path: Path, files: HandInFiles) -> list[Path]:
    into_archive = files.folder is None and name_inside(path) is not None
    if path.is_file() or into_archive:
        return [path]
    if not path.is_dir():
        raise GraderError(
            f"{path} does not exist." if not path.exists() else f"{path} is not a file.",
            help=_accepted(files),
        )
    if files.folder is None:
        found, advice = _write_ups(path, files), _accepted(files)
    else:
        found, advice = _networks(path, files.folder), _accepted(files)
        for pdf in path.glob("*.[pP][dD][fF]"):
            advice = for_a_pdf(pdf.name)
    if not found:
        raise GraderError(f"There is no hand-in in {path}.", help=advice)
    return found


def _accepted(files: HandInFiles) -> str:
    one = "a zip, an unzipped hand-in" if files.folder else "a PDF, a zip or a folder with one"
    return f"Give {one}, or a folder of those."


def _write_ups(path: Path, files: HandInFiles) -> list[Path]:
    """Return the hand-ins of a lab of write-ups: `path` itself, or files and folders in it.

    A folder for each student is a hand-in with everything in it.
    """
    if any(_is_write_up(each, files) for each in (path, path / path.resolve().name)):
        return [path]
    return [
        child
        for child in _visible(path)
        if not is_ignored(child.name)
        and any(map(files.takes, _names_below(child) if child.is_dir() else [child.name]))
    ]


def _is_write_up(folder: Path, files: HandInFiles) -> bool:
    """True if `folder` has one write-up, with code or plots beside it: it is no class."""
    if not folder.is_dir():
        return False
    alone = [name for name in _names_below(folder) if files.is_alone(name)]
    return len(alone) == 1 and "/" not in alone[0] and not is_archive(alone[0])


def _names_below(folder: Path) -> Iterator[str]:
    """Yield the names of the files below `folder`, without those ignored; no link is followed."""
    for parent, folders, files in os.walk(folder):
        at = Path(parent).relative_to(folder)
        deep = len(at.parts) >= DEEPEST
        folders[:] = [] if deep else [each for each in folders if not is_ignored(each)]
        yield from ((at / each).as_posix() for each in files if not is_ignored(each))


def _networks(path: Path, model: str) -> list[Path]:
    """Return the hand-ins of a lab of networks; `model` is the folder that each of them has.

    If a folder of hand-ins has no archives, those in its folders are taken, since some LMSs make a
    folder for each student.
    """
    if _is_hand_in(path, model) or _is_hand_in(path / path.resolve().name, model):
        return [path]
    children = _visible(path)
    inside = [child for child in children if _is_archive(child) or _resembles_hand_in(child, model)]
    deeper = [each for child in children if child not in inside for each in _archives_in(child)]
    if any(map(_is_archive, inside)):
        return inside
    if inside or not _resembles_hand_in(path, model):
        return sorted(inside + deeper)  # a folder for each student, with an archive in it
    return [path]


def _visible(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not child.name.startswith("."))


def _is_hand_in(folder: Path, model: str) -> bool:
    """True if `folder` is one hand-in, not a folder of hand-ins."""
    inner = folder / model
    return inner.is_dir() and (_has_model(inner) or any(folder.glob("*.ipynb")))


def _resembles_hand_in(folder: Path, model: str) -> bool:
    """True if `folder` is a hand-in that may lack files; it is then checked as one."""
    inner = folder / folder.resolve().name
    return any(
        candidate.is_dir() and ((candidate / model).is_dir() or _has_model(candidate))
        for candidate in (folder, inner, *_lone_folders(folder))
    )


def _lone_folders(folder: Path) -> Iterator[Path]:
    """Yield the folder in `folder` if there is only one, then that in it, and so on."""
    for _ in range(DEEPEST):
        if not folder.is_dir() or folder.is_symlink():
            return
        inside = [child for child in folder.iterdir() if not is_ignored(child.name)]
        folders = [child for child in inside if child.is_dir() and not child.is_symlink()]
        if len(folders) != 1:
            return
        (folder,) = folders
        yield folder


def _archives_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if _is_archive(each) and each.name[0] != "."]


def _has_model(folder: Path) -> bool:
    return any(
        child.suffix.lower() in MODEL_SUFFIXES and not child.name.startswith(".")
        for child in folder.iterdir()
    )


def _is_archive(path: Path) -> bool:
    return path.is_file() and is_archive(path.name)
