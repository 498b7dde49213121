"""Find the hand-ins among the paths on the command line."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import GraderError
from grader.intake.advice import is_archive
from grader.intake.names import is_ignored

MODEL_SUFFIXES = frozenset({".pth", ".pt", ".pte", ".ipynb"})
MODEL_FOLDER = "model"  # in the layout of every lab
DEEPEST = 8  # folders around an unzipped hand-in


def find_sources(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the hand-ins among `paths`, each an archive, an unzipped one, or in a folder.

    Every file in `paths` is taken, of any format, so that it is checked. In a folder of hand-ins,
    hidden files and what is neither archive nor hand-in are skipped; if it has no archives, those
    in its folders are taken, since some LMSs make a folder for each student. The order is that of
    `paths`, and by name within a folder. Raises `GraderError` if a path does not exist or has no
    hand-in.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        try:
            for source in _within(path):
                found.setdefault(source.resolve(), source)
        except OSError as error:
            raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error
    return tuple(found.values())


def _within(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise GraderError(
            f"{path} does not exist." if not path.exists() else f"{path} is not a file.",
            help="Give a zip, an unzipped hand-in, or a folder of those.",
        )
    if _is_hand_in(path) or _is_hand_in(path / path.resolve().name):
        return [path]
    children = sorted(child for child in path.iterdir() if not child.name.startswith("."))
    inside = [child for child in children if _is_archive(child) or _resembles_hand_in(child)]
    deeper = [each for child in children if child not in inside for each in _archives_in(child)]
    if any(map(_is_archive, inside)):
        return inside
    if inside or not _resembles_hand_in(path):
        inside += deeper  # a folder for each student, with an archive in it
        if inside:
            return sorted(inside)
    else:
        return [path]
    raise GraderError(
        f"There is no hand-in in {path}.",
        help="Give a zip, an unzipped hand-in, or a folder of those.",
    )


def _is_hand_in(folder: Path) -> bool:
    """True if `folder` is one hand-in, not a folder of hand-ins."""
    model = folder / MODEL_FOLDER
    return model.is_dir() and (_has_model(model) or any(folder.glob("*.ipynb")))


def _resembles_hand_in(folder: Path) -> bool:
    """True if `folder` is a hand-in that may lack files; it is then checked as one."""
    inner = folder / folder.resolve().name
    return any(
        candidate.is_dir() and ((candidate / MODEL_FOLDER).is_dir() or _has_model(candidate))
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
