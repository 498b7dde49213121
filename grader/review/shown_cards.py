"""The cards of a class as HTML, each made again only if something of it has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from jinja2 import Environment
from markupsafe import Markup

from grader.intake.person import person_of
from grader.marks.notes import Note, newest_notes
from grader.marks.remark_store import bases_of_all, newest_remarks
from grader.marks.remarks import Basis, Known, given
from grader.marks.rules import Part, parts
from grader.notebook.prompts import prompts
from grader.review.cards import Attempt, Card, Gave, Setting, card
from grader.review.classroom import Classroom
from grader.review.names import Names
from grader.text import storable
from grader.types import Mark, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What people gave a class beside marks, by (person, part): bases and notes; all remarks."""

    bases: Mapping[tuple[str, str], Basis]
    remarks: Known
    notes: Mapping[tuple[str, str], Note]


class ShownCards:
    """The cards of one class in one session."""

    def __init__(self, classroom: Classroom, names: Names, templates: Environment) -> None:
        self._class = classroom
        self._names = names
        self._templates = templates
        self._shared = Setting(lab=classroom.lab, names=names, prompts=prompts(classroom.lab))
        self._html: dict[tuple[str, str], tuple[Report, Gave, Markup]] = {}

    @property
    def setting(self) -> Setting:
        """What all cards share, by the lab of now."""
        lab = self._class.lab
        if self._shared.lab is not lab:  # the class was scored by another lab file
            self._shared = Setting(lab=lab, names=self._names, prompts=prompts(lab))
        return self._shared

    @property
    def parts(self) -> Mapping[str, Part]:
        """The parts that people mark, by id, in the lab's order."""
        return {each.id: each for each in parts(self._class.lab)}

    def beside(self) -> Beside:
        """Read what people gave the class beside marks."""
        engine = self._class.marks.engine
        return Beside(
            bases=bases_of_all(engine), remarks=newest_remarks(engine), notes=newest_notes(engine)
        )

    def html(self, report: Report, part: Part, history: tuple[Mark, ...], beside: Beside) -> Markup:
        """Return the HTML of a card."""
        gave = _gave(report, part, history, beside)
        key = (report.submission.id, part.id)
        known = self._html.get(key)
        if known is None or known[0] is not report or known[1] != gave:
            html = self.of_card(card(report, part, gave, self.setting))
            known = self._html[key] = (report, gave, html)
        return known[2]

    def now(self, report: Report, part: Part, attempt: Attempt | None = None) -> Markup:
        """Return the HTML of a card as the database has it now, with a mark that was refused."""
        history = self._class.marks.history(person_of(report.submission), part.id)
        beside = self.beside()
        if attempt is None:
            return self.html(report, part, history, beside)
        gave = _gave(report, part, history, beside)
        return self.of_card(replace(card(report, part, gave, self.setting), attempt=attempt))

    def of_card(self, card_: Card) -> Markup:
        """Return the HTML of a card that is not kept."""
        html = self._templates.get_template("card.html").module.card(card_)  # type: ignore[attr-defined]  # a macro
        return Markup(html)  # noqa: S704 - the template has escaped it


def _gave(report: Report, part: Part, history: tuple[Mark, ...], beside: Beside) -> Gave:
    key = (storable(person_of(report.submission)), part.id)
    basis = beside.bases.get(key, Gave().basis)
    return Gave(
        history=history,
        basis=basis,
        remarks=given(basis, beside.remarks),
        note=beside.notes.get(key),
    )
