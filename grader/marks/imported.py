"""Saves the marks of a sheet: all of them or none."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from grader.marks.database import in_turn
from grader.marks.mark_rows import add_mark, as_kept
from grader.marks.remark_store import NOTHING, add_basis, basis_in, remarks_in
from grader.marks.remarks import Basis, Known, comment_of, typed_for
from grader.marks.rules import tidy
from grader.types import Mark


def save_imported(engine: Engine, marks: Sequence[tuple[Mark, int]]) -> None:
    """Save marks, each after its expected version.

    A mark keeps the remarks of that version if its comment still begins with their lines. Raises
    `Conflict` for the first mark with a newer version; then nothing is saved.
    """

    def work(session: Session) -> None:
        known = remarks_in(session)
        for mark, expected in marks:
            kept = as_kept(mark, expected + 1)
            add_mark(session, kept, expected)
            before = basis_in(session, kept.person, kept.part, expected)
            basis = _basis_of(kept, before, known)
            add_basis(session, kept.person, kept.part, kept.version, basis)

    in_turn(engine, work)


def _basis_of(mark: Mark, before: Basis, known: Known) -> Basis:
    lines = tidy(comment_of(replace(before, comment=""), known))
    if not lines or mark.points is None or not f"{mark.comment}\n".startswith(f"{lines}\n"):
        return NOTHING
    return replace(
        before,
        comment=mark.comment.removeprefix(lines).strip(),
        typed=typed_for(mark.points, before, known),
    )
