"""The paths on the command line → the hand-ins among them."""

from collections.abc import Sequence
from pathlib import Path

from grader.errors import GraderError
from grader.intake.advice import ARCHIVE_SUFFIXES

MODEL_SUFFIXES = frozenset({".pth", ".pt", ".pte", ".ipynb"})
MODEL_FOLDER = "model"  # in every lab's layout; which files lie in it, the lab says later


def find_sources(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The hand-ins among `paths`, each an archive, an unzipped hand-in, or a folder of either.

    A path named outright is taken whatever it is, so that it gets a verdict. In a folder of
    hand-ins, hidden files and what is neither archive nor hand-in are passed over. The order is
    that of `paths`, and by name within a folder. Raises `GraderError` where a path does not exist
    or nothing is found in it.
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
            help="Give a zip, an unzipped hand-in, or a folder of either.",
        )
    if _is_hand_in(path) or _is_hand_in(path / path.resolve().name):
        return [path]
    children = sorted(child for child in path.iterdir() if not child.name.startswith("."))
    inside = [child for child in children if _is_archive(child) or _resembles_hand_in(child)]
    if inside:
        return inside
    if _resembles_hand_in(path):
        return [path]
    raise GraderError(
        f"There is no hand-in in {path}.",
        help="Give a zip, an unzipped hand-in, or a folder of either.",
    )


def _is_hand_in(folder: Path) -> bool:
    """Whether `folder` is a hand-in rather than a folder of them."""
    model = folder / MODEL_FOLDER
    return model.is_dir() and (_has_model(model) or any(folder.glob("*.ipynb")))


def _resembles_hand_in(folder: Path) -> bool:
    """Whether `folder`, among other hand-ins, is one that may lack something: it gets a verdict."""
    if not folder.is_dir():
        return False
    inner = folder / folder.resolve().name
    return any(
        place.is_dir() and ((place / MODEL_FOLDER).is_dir() or _has_model(place))
        for place in (folder, inner)
    )


def _has_model(folder: Path) -> bool:
    return any(
        child.suffix.lower() in MODEL_SUFFIXES and not child.name.startswith(".")
        for child in folder.iterdir()
    )


def _is_archive(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in ARCHIVE_SUFFIXES
