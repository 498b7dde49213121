"""Whose marks these are: `--author`, else who is logged in."""

import getpass

from grader.errors import GraderError


def name_of(author: str | None) -> str:
    """The name that marks are kept under. Raises `GraderError` where there is none."""
    name = (author if author is not None else _login()).strip()
    if not name:
        raise GraderError("Marks need an author.", help="Say who you are: --author NAME.")
    return name


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may know its user by number only
        return ""
