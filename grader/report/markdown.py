"""feedback.md: one student's feedback as Markdown, to be pasted into an LMS."""

from collections.abc import Iterable, Iterator

from grader import text
from grader.evidence import ids
from grader.report.facts import SAMPLE, facts, interval
from grader.report.listed_checks import listed_checks
from grader.report.pages.feedback import Feedback
from grader.report.verdict import total_words
from grader.types import GradedQuestion, GradeItem, Status


def render(content: Feedback) -> str:
    """Return the same statuses, points and advice as on the page; a hand-in's text is escaped."""
    return "\n".join(_lines(content)) + "\n"


def _lines(content: Feedback) -> Iterator[str]:
    grade = content.row.report.grade
    yield f"# {text.markdown(content.row.student)}"
    yield ""
    yield f"{text.markdown(content.lab.title)}: {content.row.word}."
    yield from _to_fix(content)
    if grade.estimate:
        yield ""
        yield f"**{SAMPLE}**: 95 % interval of the accuracy {interval(content.row.accuracy)}."
    yield from ("", "## Points", "", "| | points | of |", "| --- | ---: | ---: |")
    for item in grade.items:
        yield _line(item)
        yield from (_line(question, "- ") for question in item.questions)
    if grade.lateness is not None:
        late = grade.lateness
        off = f"-{text.points(late.penalty)}" if late.penalty else ""
        yield f"| Handed in: {late.punctuality}; {text.markdown(late.text)} | {off} | |"
    yield f"| **{total_words(grade)}** | **{text.so_far(grade.total, grade.pending)}** | |"
    yield from _formula(grade.items, content.parts.advice)
    yield from _levels(content)
    yield from _comments(grade.items)
    yield from _checks(content)


def _to_fix(content: Feedback) -> Iterator[str]:
    """Yield the faults of the grader, then why the hand-in is not accepted, with remedies."""
    verdict = content.verdict
    for heading, advices in (("The grader failed", verdict.ours), ("What to fix", verdict.to_fix)):
        if advices:
            yield from ("", f"## {heading}", "")
        for number, each in enumerate(advices, start=1):
            yield f"{number}. **{text.markdown(each.name)}**: {text.markdown(each.reason)}"
            if each.remedy:
                yield f"   {text.markdown(each.remedy)}"


def _line(part: GradeItem | GradedQuestion, before: str = "") -> str:
    title = text.markdown(part.title)
    return f"| {before}{title} | {_earned(part.earned)} | {text.whole(part.possible)} |"


def _earned(points: float | None) -> str:
    return "-" if points is None else text.points(points)


def _formula(items: Iterable[GradeItem], advice: tuple[str, ...]) -> Iterator[str]:
    terms = [term for item in items for term in item.terms]
    if terms:
        yield from ("", "## The formula", "")
        yield from (f"    {term.name}: {term.text} = {term.value:.6f}" for term in terms)
    if advice:
        yield ""
        yield from (f"- {text.markdown(line)}" for line in advice)


def _levels(content: Feedback) -> Iterator[str]:
    """Yield the words of the levels that were given."""
    if content.levels:
        yield from ("", "## Levels", "")
        for item in content.row.report.grade.items:
            if item.id in content.levels:
                words = text.markdown(content.levels[item.id])
                yield f"- {text.markdown(item.title)}: {words}"


def _comments(items: Iterable[GradeItem]) -> Iterator[str]:
    parts: list[GradeItem | GradedQuestion] = []
    for item in items:
        parts += [item, *item.questions]
    comments = [(part.title, part.reason) for part in parts if part.by == "person" and part.reason]
    if comments:
        yield from ("", "## Comments", "")
        yield from (
            f"- {text.markdown(title)}: {text.markdown(comment)}" for title, comment in comments
        )


def _checks(content: Feedback) -> Iterator[str]:
    yield from ("", "## Checks", "")
    for each in listed_checks(content.row.report):
        name = text.markdown(content.names[each.id])
        yield f"- {each.status.value}: {name} ({text.markdown(each.id)})"
        lines = [each.reason] if each.reason else []
        if not lines or each.id.startswith(ids.TABLE):  # its cells say more than the reason
            lines += facts(each)
        labelled = {"expected": each.expected, "actual": each.actual, "help": each.help}
        lines += [f"{name}: {words}" for name, words in labelled.items() if words]
        if each.status is not Status.PASSED or lines:
            yield from (f"  - {text.markdown(line)}" for line in lines)
    yield from (f"- skipped: {text.markdown(each)}" for each in content.verdict.not_looked_at)
