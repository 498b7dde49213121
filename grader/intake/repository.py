"""The student's id where a folder is a Git repository: its name is that of the repository."""

import re
from pathlib import Path, PurePosixPath

from grader.intake.layout import top_notebooks
from grader.intake.pack import names_below
from grader.labs.spec import LabSpec

MARKS = (".git", ".github", ".gitignore")  # one of them is in nearly every repository
DOWNLOADED = re.compile(r".+-(main|master)")  # a repository that was downloaded as a zip


def id_in_repository(folder: Path, lab: LabSpec) -> str | None:
    """Return the name of the only notebook in a repository, without its suffix.

    The notebook at the top counts, else the only one below. None if `folder` is no repository, if
    there is not exactly one notebook, and if it has the name of the lab's template.
    """
    if not folder.is_dir():
        return None
    if not any((folder / mark).exists() for mark in MARKS) and not DOWNLOADED.fullmatch(
        folder.resolve().name
    ):
        return None
    names = names_below(folder)
    found = top_notebooks(names) or tuple(name for name in names if name.lower().endswith(".ipynb"))
    named = {PurePosixPath(name).name for name in found} - {lab.template_name}
    if len(found) != 1 or not named:
        return None
    (notebook,) = named
    return PurePosixPath(notebook).stem
