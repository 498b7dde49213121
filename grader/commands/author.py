"""The author of marks: `--author`, else the login."""

import getpass

from grader.errors import GraderError


def name_of(author: str | None) -> str:
    """Return the author's name. Raises `GraderError` if it is empty or unknown."""
    name = (author if author is not None else _login()).strip()
    if not name:
        raise GraderError("Marks need an author.", help="Give your name: --author NAME.")
    return name


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container the user may have no name
        return ""
