"""Saves what a card sends: points with a comment, a remark given or taken off, a private note."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.intake.person import person_of
from grader.marks.mark_rows import Conflict
from grader.marks.marking import Refused, give, toggle
from grader.marks.notes import HAND_IN, LONGEST_NOTE, Note, NoteChanged, save_note
from grader.marks.remark_store import RemarkChanged
from grader.marks.rules import Part
from grader.review.cards import Attempt
from grader.review.desk import Desk
from grader.review.mark_request import (
    MarkRequest,
    NoteRequest,
    ToggleRequest,
    mark_request,
    note_request,
    toggle_request,
)
from grader.review.replies import refused, saving, sentence
from grader.types import Mark, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """Saves what the cards of one class send."""

    desk: Desk

    def routes(self) -> list[Route]:
        """The routes of marks, remarks of an answer, and notes."""
        return [
            Route("/marks", saving(mark_request, self.mark), methods=["POST"]),
            Route("/toggles", saving(toggle_request, self.toggle), methods=["POST"]),
            Route("/notes", saving(note_request, self.note), methods=["POST"]),
        ]

    def mark(self, sent: MarkRequest) -> Response:
        """Save a mark; the answer is the new card, or the reason why the mark was not saved."""
        desk = self.desk
        part, report = desk.part(sent.part, 400), desk.report(sent.key)
        if sent.points is None and not sent.comment and not sent.expected:
            return refused("Give points or a comment.")
        comment = desk.names.reveal(report, sent.comment)
        target = desk.target(report, part, sent.expected)

        def save() -> Mark:
            engine = desk.classroom.marks.engine
            return give(engine, target, sent.points, comment, desk.signature())

        return self._saved(report, part, save, sent)

    def toggle(self, sent: ToggleRequest) -> Response:
        """Give an answer a remark, or take it off; the answer is the new card, or the reason."""
        desk = self.desk
        part, report = desk.part(sent.part, 400), desk.report(sent.key)
        target = desk.target(report, part, sent.expected)

        def save() -> Mark:
            engine = desk.classroom.marks.engine
            return toggle(engine, target, sent.toggle, desk.signature())

        return self._saved(report, part, save, None)

    def note(self, sent: NoteRequest) -> Response:
        """Save a private note; the answer has its new version, or somebody else's newer note."""
        desk = self.desk
        report = desk.report(sent.key)
        if sent.part != HAND_IN:
            desk.part(sent.part, 400)
        if len(sent.words) > LONGEST_NOTE:
            return refused(f"The note is longer than {LONGEST_NOTE:,} characters.")
        by = desk.signature()
        note = Note(
            person=person_of(report.submission),
            part=sent.part,
            words=desk.names.reveal(report, sent.words),
            author=by.author,
            at=by.at,
            version=0,
        )
        try:
            saved = save_note(desk.classroom.marks.engine, note, sent.expected)
        except NoteChanged as changed:
            current = changed.current
            document = {
                "error": f"{current.author} has meanwhile written: "
                f"“{desk.names.hide(report, current.words)}” Save again to replace it with yours.",
                "version": current.version,
            }
            return JSONResponse(document, status_code=409)
        return JSONResponse({"version": saved.version, "author": saved.author})

    def _saved(
        self, report: Report, part: Part, save: Callable[[], Mark], sent: MarkRequest | None
    ) -> Response:
        desk = self.desk
        key = desk.names.key(report.submission.id)
        try:
            save()
        except Refused as wrong:
            return refused(sentence(str(wrong)))
        except RemarkChanged as changed:
            return refused(f"{sentence(str(changed))} Look at it, then give it again.", 409)
        except Conflict as conflict:
            newer = conflict.current
            newer = replace(newer, comment=desk.names.hide(report, newer.comment))
            attempt = Attempt(
                points=sent.points if sent else newer.points,
                comment=sent.comment if sent else "",
                newer=newer,
                is_remark=sent is None,
            )
            return desk.answer(key, part, attempt, status=409)
        desk.saved()
        return desk.answer(key, part)
