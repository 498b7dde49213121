"""Removes a student's id, name and address from a report before it is rendered, and from HTML."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from typing import Any

from grader import text
from grader.types import GradedQuestion, GradeItem, Measurement, Report, Submission

_SHORTEST_HIDDEN = 3  # replacing an id such as "a" would garble every text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """The pattern of all forms of a student's name, None if there is none, and its replacement."""

    pattern: re.Pattern[str] | None
    shown: str

    def of(self, words: str) -> str:
        """Return `words` with the name replaced."""
        return words if self.pattern is None else self.pattern.sub(lambda _: self.shown, words)


@lru_cache(maxsize=4096)
def _hiding(names: tuple[str, ...], shown: str) -> Hiding:
    forms = {form for name in names for form in _forms(name) if len(form) >= _SHORTEST_HIDDEN}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    pattern = "|".join(map(re.escape, longest_first))
    return Hiding(pattern=re.compile(pattern, re.IGNORECASE) if pattern else None, shown=shown)


def hiding(submission: Submission, shown: str) -> Hiding:
    """Return what replaces the id, the names and the addresses of a hand-in by `shown`.

    These are also those of a group's members, and the file's name and place in the LMS.
    """
    came = submission.handed_in
    names = [submission.id, submission.source.name, submission.source.stem]
    if came is not None:
        names += [came.name or "", came.email or "", came.place or ""]
        for member in came.members:
            names += [member.id or "", member.name or "", member.email or ""]
    return _hiding(tuple(names), shown)


def _forms(name: str) -> Iterator[str]:
    """Yield the name as it may stand in a text: plain, normalised, or made harmless."""
    for plain in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFKC", name)):
        yield plain
        yield from (text.inert(plain), text.visible(plain), text.masked(plain))
        yield from (text.storable(plain), text.markdown(plain), text.cell(plain))


def in_report(report: Report, hide: Hiding) -> Report:
    """Return the report with the name replaced in every text of its measurements and its grade."""
    grade = replace(
        report.grade,
        items=tuple(_item(each, hide) for each in report.grade.items),
        review=tuple(map(hide.of, report.grade.review)),
    )
    measurements = tuple(_measurement(each, hide) for each in report.measurements)
    return replace(report, measurements=measurements, grade=grade)


def _measurement(measured: Measurement, hide: Hiding) -> Measurement:
    return replace(
        measured,
        reason=_within(measured.reason, hide),
        help=_within(measured.help, hide),
        expected=_within(measured.expected, hide),
        actual=_within(measured.actual, hide),
        review=_within(measured.review, hide),
        evidence=_within(measured.evidence, hide),
    )


def _item(item: GradeItem, hide: Hiding) -> GradeItem:
    questions = tuple(_question(each, hide) for each in item.questions)
    return replace(item, reason=_within(item.reason, hide), questions=questions)


def _question(question: GradedQuestion, hide: Hiding) -> GradedQuestion:
    return replace(question, reason=_within(question.reason, hide))


def _within(value: Any, hide: Hiding) -> Any:
    """Return a value of JSON's types with the name replaced in every text and key."""
    if isinstance(value, str):
        return hide.of(value)
    if isinstance(value, Mapping):
        return {hide.of(str(key)): _within(inner, hide) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_within(each, hide) for each in value)
    return value


def in_html(body: str, hide: Hiding) -> str:
    """Return the HTML with the name replaced in its text and its attributes.

    The text is searched without its elements and character references: `<i>B12</i>34` is `B1234`.
    """
    if hide.pattern is None:
        return body
    read = _Parts(hide=hide)
    read.feed(body)
    read.close()
    at = 0
    places = []
    for index, (is_text, part) in enumerate(read.parts):
        if is_text:
            places.append((at, index))
            at += len(part)
    whole = "".join(part for is_text, part in read.parts if is_text)
    new = {index: "" for _, index in places}
    spans = [(found.start(), found.end()) for found in hide.pattern.finditer(whole)]
    for start, index in places:
        new[index] = _piece(whole, start, start + len(read.parts[index][1]), spans, hide.shown)
    return "".join(
        escape(new[index], quote=False) if is_text else part
        for index, (is_text, part) in enumerate(read.parts)
    )


def _piece(whole: str, start: int, end: int, spans: list[tuple[int, int]], shown: str) -> str:
    """Return `whole[start:end]` without the spans; a span that begins in it becomes `shown`."""
    found, at = [], start
    for first, last in spans:
        if last <= start or first >= end:
            continue
        found.append(whole[at : max(at, first)])
        if first >= start:
            found.append(shown)
        at = max(at, min(last, end))
    return "".join((*found, whole[at:end]))


@dataclass(kw_only=True, eq=False)
class _Parts(HTMLParser):
    """The parts of HTML in order: (True, text without references) or (False, markup)."""

    hide: Hiding
    parts: list[tuple[bool, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element; write its attributes again only if one has the name."""
        raw = self.get_starttag_text() or ""
        values = [(name, value) for name, value in attrs if value is not None]
        named = {
            name: self.hide.of(value)
            for name, value in values
            if not value.startswith("data:") and self.hide.of(value) != value
        }
        if named:
            inner = "".join(
                f" {name}" if value is None else f' {name}="{escape(named.get(name, value))}"'
                for name, value in attrs
            )
            raw = f"<{tag}{inner}>"
        self.parts.append((False, raw))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Keep the end."""
        self.parts.append((False, f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        """Keep the text; that of a style is no text."""
        in_style = self.cdata_elem is not None
        self.parts.append((not in_style, self.hide.of(data) if in_style else data))
