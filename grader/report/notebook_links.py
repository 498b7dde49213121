"""The list of questions at the top of a notebook's page, with the cells of their answers."""

from grader.evidence import ids
from grader.evidence.question import AnswerEvidence
from grader.labs.spec import LabSpec
from grader.notebook.page import QuestionLink
from grader.types import Report


def question_links(report: Report, lab: LabSpec) -> tuple[QuestionLink, ...]:
    """Return a link for each of the lab's questions, in the lab's order."""
    return tuple(
        QuestionLink(
            title=each.title,
            cell=AnswerEvidence.read(report.measurement(ids.question_id(each.id))).cell,
        )
        for each in lab.questions
    )
