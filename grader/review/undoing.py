"""Undo: takes back the last thing that the TA saved, and says what it was."""

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.marks.actions import REMARK, ZEROS, Action, last_action
from grader.marks.marking import Refused
from grader.marks.remarks import Remark
from grader.marks.undo import NotUndone, Undone, undo
from grader.review.desk import Desk
from grader.review.mark_request import undo_request
from grader.review.replies import saving
from grader.text import whole
from grader.types import Mark, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What the TA of one session can take back."""

    desk: Desk

    def routes(self) -> list[Route]:
        """The route of an undo."""
        return [Route("/undo", saving(undo_request, self.save), methods=["POST"])]

    def last(self, by_person: dict[str, Submission]) -> dict[str, str] | None:
        """Return the id of the last action and what it was; None if there is nothing to undo."""
        action = last_action(self.desk.classroom.marks.engine, self.desk.author)
        if action is None:
            return None
        return {"id": action.id, "what": self._what(action, by_person)}

    def save(self, id: str) -> Response:
        """Undo the action; the answer says what was undone, or what has overtaken it."""
        desk, by_person = self.desk, self.desk.classroom.people()
        try:
            done = undo(desk.classroom.marks.engine, id, desk.cards.parts, desk.signature())
        except NotUndone as wrong:
            return JSONResponse(self._refusal(wrong, by_person), status_code=409)
        except Refused as wrong:
            return JSONResponse({"error": f"Nothing was undone: {wrong}."}, status_code=409)
        desk.saved()
        return JSONResponse(self._done(done, by_person))

    def _what(self, action: Action, by_person: dict[str, Submission]) -> str:
        if action.kind == ZEROS:
            return f"zeros: {len(action.steps)}"
        if action.kind == REMARK:
            return f"a changed remark, with marks: {len(action.steps)}"
        step = action.steps[0]
        return f"{step.part} of {self._name(step.person, by_person)}"

    def _name(self, person: str, by_person: dict[str, Submission]) -> str:
        hand_in = by_person.get(person)
        return "nobody in this class" if hand_in is None else (self.desk.names.shown(hand_in.id))

    def _where(self, mark: Mark, by_person: dict[str, Submission]) -> dict[str, str]:
        hand_in = by_person.get(mark.person)
        if hand_in is None:
            return {}
        return {"key": self.desk.names.key(hand_in.id), "part": mark.part}

    def _done(self, done: Undone, by_person: dict[str, Submission]) -> dict[str, object]:
        what = self._what(done.action, by_person)
        if len(done.marks) != 1:
            return {"said": f"Undone: {what}."}
        (mark,) = done.marks
        now = "no points from a person" if mark.points is None else whole(mark.points)
        return {"said": f"Undone: {what}. Now: {now}.", **self._where(mark, by_person)}

    def _refusal(self, wrong: NotUndone, by_person: dict[str, Submission]) -> dict[str, object]:
        newer = wrong.newer
        if isinstance(newer, Mark):
            points = "no points" if newer.points is None else f"{whole(newer.points)} points"
            name = self._name(newer.person, by_person)
            said = (
                f"Nothing was undone: {newer.author} has since given {points} for {newer.part} "
                f"of {name}, version {newer.version}."
            )
            return {"error": said, **self._where(newer, by_person)}
        if isinstance(newer, Remark):
            return {"error": f"Nothing was undone: {newer.author} has since changed the remark."}
        if wrong.last is None:
            return {"error": "There is nothing to undo."}
        what = self._what(wrong.last, by_person)
        return {
            "error": f"Nothing was undone: in another window you have since saved {what}. "
            "Undo takes that back first."
        }
