"""The students' names on the page: their ids, or pseudonyms for the session."""

from dataclasses import dataclass

from grader.report.pseudonyms import keyed, pseudonym
from grader.review.hiding import Hiding, hiding, in_html, in_report
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names made with the session's `secret`: constant in a session, different in the next."""

    anonymous: bool
    secret: bytes

    def key(self, student: str) -> str:
        """The key of a student in URLs, in both modes: an id may be any text."""
        return keyed(student, self.secret)[:16]

    def shown(self, student: str) -> str:
        """The name of a student on the page."""
        return pseudonym(student, self.secret) if self.anonymous else student

    def hidden(self, report: Report) -> Report:
        """The report to render: if ids are hidden, its texts do not name the student.

        Its submission is unchanged, and no page shows it.
        """
        return in_report(report, self._hiding(report)) if self.anonymous else report

    def hide(self, report: Report, text: str) -> str:
        """Replace the student's id, name and address in `text`, if ids are hidden."""
        return self._hiding(report).of(text) if self.anonymous else text

    def hide_in_html(self, report: Report, body: str) -> str:
        """The same in the text and attributes of HTML, also where elements divide the name."""
        return in_html(body, self._hiding(report)) if self.anonymous else body

    def reveal(self, report: Report, text: str) -> str:
        """Replace the student's pseudonym in `text`, which is to be stored, by the id."""
        student = report.submission.id
        return text.replace(self.shown(student), student) if self.anonymous else text

    def names(self, report: Report, text: str) -> bool:
        """True if ids are hidden and `text` names the student."""
        return self.anonymous and self._hiding(report).of(text) != text

    def _hiding(self, report: Report) -> Hiding:
        return hiding(report.submission, self.shown(report.submission.id))
