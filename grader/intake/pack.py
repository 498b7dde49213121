"""Make the zip to hand in from a student's working folder."""

import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import GraderError
from grader.files import zip_entry
from grader.intake import receive
from grader.intake.advice import listed
from grader.intake.layout import judge, top_notebooks
from grader.intake.names import is_ignored, same_on_some_system
from grader.labs.network_lab import NetworkLab
from grader.text import shown
from grader.types import Role, Status

EXECUTABLE, PLAIN = stat.S_IFREG | 0o755, stat.S_IFREG | 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """A file in the zip: its path there, its path in the working folder, its size in bytes."""

    name: str
    origin: str
    size: int

    @property
    def is_renamed(self) -> bool:
        """True if it has another path in the zip than in the working folder."""
        return self.name != self.origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A zip to hand in; `left_out` are the other files of the working folder, by their paths."""

    path: Path
    files: tuple[PackedFile, ...]
    left_out: tuple[str, ...]


def pack(
    folder: Path, student: str, lab: NetworkLab, into: Path, *, replace: bool = False
) -> Packed:
    """Write `into/<student>.zip` from the files of `folder` that the lab asks for.

    A file is taken from its own path, else from the only file below `folder` with its name; the
    notebook also if it has the template's name or is the only one at the top. Equal files give
    equal bytes. `receive` reads the zip back before it gets its name. A zip of that name is kept
    unless `replace`.

    Raises `GraderError` if a file is missing or ambiguous, if intake would not accept the result,
    and if the zip is kept or cannot be written.
    """
    check_id(student)
    target = into / f"{student}.zip"
    if target.exists() and not replace:
        raise GraderError(
            f"{target} already exists.",
            help="Add --replace to make it again, or use another folder (--into).",
        )
    if not folder.is_dir():
        raise GraderError(f"{folder} is not a folder.", help="Give the folder that you work in.")
    try:
        names = tuple(name for name in names_below(folder) if not _is(folder / name, target))
        chosen = _chosen(folder, names, student, lab)
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pack-", dir=into) as scratch:
            draft = Path(scratch) / target.name
            _write(draft, {role: folder / name for role, name in chosen.items()}, student, lab)
            _read_back(draft, lab)
            draft.replace(target)
    except OSError as error:
        raise GraderError(
            f"{target} could not be written: {error.strerror or error}.",
            help="Check the free disk space and the folder permissions, then pack again.",
        ) from error
    files = tuple(
        PackedFile(
            name=lab.layout.path(role, student), origin=name, size=(folder / name).stat().st_size
        )
        for role, name in chosen.items()
    )
    taken = set(chosen.values())
    left_out = tuple(name for name in names if name not in taken)
    return Packed(path=target, files=files, left_out=left_out)


def _is(path: Path, target: Path) -> bool:
    """True if `path` is the zip of an earlier run."""
    return path.name == target.name and path.resolve() == target.resolve()


def check_id(student: str) -> None:
    """Raise `GraderError` if `student` cannot be the name of a zip and of a notebook."""
    unsafe = any(
        char in '/\\:*?"<>|' or unicodedata.category(char).startswith("C") for char in student
    )
    if unsafe or not student.strip(". "):
        raise GraderError(
            f"{shown(student)!r} cannot be an id: the zip and the notebook get it as their name.",
            help="Use only letters and digits in the id.",
        )


def names_below(folder: Path) -> tuple[str, ...]:
    """The files below `folder`, without those ignored."""
    names = []
    for parent, folders, files in os.walk(folder):
        prefix = Path(parent).relative_to(folder)
        folders[:] = [name for name in folders if not is_ignored((prefix / name).as_posix())]
        names += [(prefix / name).as_posix() for name in files if (Path(parent) / name).is_file()]
    return tuple(sorted(name for name in names if not is_ignored(name)))


def _chosen(
    folder: Path, names: tuple[str, ...], student: str, lab: NetworkLab
) -> Mapping[Role, str]:
    """Return the path of each role's file, for the first form whose files are all found."""
    found = {
        role: name
        for role in lab.layout.paths
        if (name := _locate(role, names, student, lab)) is not None
    }
    sizes = {name: (folder / name).stat().st_size for name in names}
    arrangement = judge(found, sizes, student, lab)
    if arrangement.form is None:
        assert arrangement.fault is not None
        raise GraderError(
            f"Nothing was packed: {arrangement.fault.reason}", help=arrangement.fault.help
        )
    return {role: found[role] for role in arrangement.form.files}


def _locate(role: Role, names: tuple[str, ...], student: str, lab: NetworkLab) -> str | None:
    path = lab.layout.path(role, student)
    if path in names:
        return path
    if role is Role.NOTEBOOK:
        top = top_notebooks(names)
        template = lab.layout.template_notebook
        return template if template in top else top[0] if len(top) == 1 else None
    wanted = same_on_some_system(PurePosixPath(path).name)
    likely = [name for name in names if same_on_some_system(PurePosixPath(name).name) == wanted]
    if len(likely) > 1:
        raise GraderError(
            f"Nothing was packed: {listed(likely)} all have the name of {path}.",
            help=f"Move the one to hand in to {path}.",
        )
    return likely[0] if likely else None


def _write(draft: Path, chosen: Mapping[Role, Path], student: str, lab: NetworkLab) -> None:
    with zipfile.ZipFile(draft, "x", zipfile.ZIP_DEFLATED) as archive:
        for role, path in sorted(chosen.items()):
            name, mode = (
                lab.layout.path(role, student),
                EXECUTABLE if role is Role.RUNNER else PLAIN,
            )
            entry = zip_entry(name, mode=mode, size=path.stat().st_size)
            with path.open("rb") as file, archive.open(entry, "w") as member:
                shutil.copyfileobj(file, member)


def _read_back(draft: Path, lab: NetworkLab) -> None:
    _, measurements = receive(draft, draft.parent / "work", lab)
    for measurement in measurements:
        if measurement.status is not Status.PASSED or measurement.review:
            raise GraderError(
                f"Nothing was packed: {measurement.reason or measurement.review}",
                help=measurement.help,
            )
