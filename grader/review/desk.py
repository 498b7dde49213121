"""What everything that a TA saves needs: the class, the TA, and the cards to answer with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from grader.intake.person import person_of
from grader.marks.actions import last_action
from grader.marks.marking import Target
from grader.marks.rules import Part, Signature, machine_points
from grader.review.cards import Attempt, student_card
from grader.review.classroom import Classroom
from grader.review.names import Names
from grader.review.shown_cards import ShownCards
from grader.review.writer import Writer
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The place of the TA `author` in one class; `report` returns a student's report by key."""

    classroom: Classroom
    author: str
    names: Names
    cards: ShownCards
    report: Callable[[str], Report]
    writer: Writer | None

    def signature(self) -> Signature:
        """The author, and the time of now."""
        return Signature(author=self.author, at=datetime.now(UTC).isoformat(timespec="seconds"))

    def part(self, id: str, status: int = 404) -> Part:
        """The part with this id. Raises `HTTPException` with `status` if the lab has none."""
        part = self.cards.parts.get(id)
        if part is None:
            raise HTTPException(status, "There is no such question.")
        return part

    def target(self, report: Report, part: Part, expected: int) -> Target:
        """An answer to mark, after version `expected` of its mark."""
        return Target(
            person=person_of(report.submission),
            student=report.submission.id,
            part=part,
            machine=machine_points(report, self.classroom.lab, part),
            expected=expected,
        )

    def in_order(self) -> Sequence[Report]:
        """The reports of the class, sorted by the names that the page shows."""
        shown = self.names.shown
        return sorted(self.classroom.reports(), key=lambda each: shown(each.submission.id))

    def saved(self) -> None:
        """Let the files be written soon."""
        if self.writer is not None:
            self.writer.ask()

    def answer(
        self, key: str, part: Part, attempt: Attempt | None = None, status: int = 200
    ) -> Response:
        """The new card of an answer, and the student's standing, as JSON."""
        report = self.report(key)
        engine = self.classroom.marks.engine
        trouble = self.writer.trouble if self.writer is not None else ""
        document = {
            "card": str(self.cards.now(report, part, attempt)),
            "key": key,
            "standing": student_card(report, self.names).standing,
            "note": trouble and f" But the files are not written: {trouble}",
            "undo": action.id if (action := last_action(engine, self.author)) else "",
        }
        return JSONResponse(document, status_code=status)
