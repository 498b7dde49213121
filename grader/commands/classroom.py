"""A class as it stands, for the commands that read or write marks."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.review.classroom import Classroom  # as below


def classroom_in(out: Path, db: str | None, lab: str | None) -> "AbstractContextManager[Classroom]":
    """The class in `out`, with its marks at `db` or there. Raises `GraderError`."""
    # Altair and SQLAlchemy: half a second that --help and a usage error need not wait for.
    from grader.review.classroom import open_classroom

    return open_classroom(out, db, lab)
