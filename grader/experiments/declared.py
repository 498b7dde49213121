"""Changes of the experiment that a student declares in the text: they change what is expected.

A sentence counts only if it says plainly what was done. A plan, a question, a condition or a
negation is no declaration, and two sentences that name different values declare neither.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from grader.errors import GraderError
from grader.experiments.exact import Change, changed, widths
from grader.labs.experiment import ExperimentSpec
from grader.writeup.sentences import sentences

SENTENCE_AT_MOST = 600  # characters; a longer one is a table or code

_NUMBERS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
} | {"a single": 1, "only one": 1, "fifteen": 15}
_COUNT = rf"(\d{{1,5}}|{'|'.join(_NUMBERS)})"
_OTHER_TIME = re.compile(
    r"\b(?:if|would|could|should|might|may|can|will|future|recommend\w*|suggest\w*|expect\w*"
    r"|plan(?:s|ned)?|try|previous(?:ly)?|earlier|other (?:group|team)s?|instead of changing)\b"
    r"|\?$",
    re.IGNORECASE,
)
_NOT = r"(?:\b(?:not|never|without)|n['’]t)"  # noqa: RUF001 - an apostrophe of a word processor
_DENIED = re.compile(rf"{_NOT}\b", re.IGNORECASE)
_SIDE = r"(\d{1,3})\s*(?:x|×|\*|by)\s*\1(?!\d)"  # noqa: RUF001
_NOT_CROPPED = re.compile(
    rf"\bun-?cropped\b|{_NOT}\s+(?:\w+\s+){{0,2}}?crop(?:ped|ping)?\b|\bno crop(?:ping)?\b"
    r"|\binstead of crop(?:ped|ping)?\b|\bskipped (?:the )?crop(?:ping)?\b",
    re.IGNORECASE,
)
_WHOLE_IMAGES = re.compile(
    rf"\b(?:full|whole|entire|original|all)\b[^.,;]{{0,30}}?\b{_SIDE}", re.IGNORECASE
)
_CROPPED = re.compile(r"\b(?:crop(?:ped|s|ping)?)\b", re.IGNORECASE)
_SQUARE = re.compile(rf"\b{_SIDE}", re.IGNORECASE)
_USED = re.compile(
    r"\b(?:us(?:e|ed|ing|es)|train(?:ed|s|ing)?|fed|feed|kept|keep|tak(?:e|es|en)|took|r[au]n"
    r"|inputs?|chang(?:e|ed|es)|reduc(?:e|ed|es)|increas(?:e|ed|es)|decreas(?:e|ed|es)|set|chose"
    r"|has|had|have|with|is|was|are|were|did|do|perform(?:ed)?|prun(?:e|ed|es|ing)|stopp?(?:ed)?"
    r"|only|limit(?:ed)?|lower(?:ed)?|shr[aiu]nk|halved|doubled)\b",
    re.IGNORECASE,
)
_HIDDEN = r"hidden[\s-]*(?:layers?['’s]*[\s-]*)?"  # noqa: RUF001
_MEASURE = r"(?:sizes?|widths?|dim(?:ension)?s?|units?|neurons?|nodes?)"
_WIDTH = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_HIDDEN}{_MEASURE}\b[^.;\d]{{0,40}}?\bfrom\s+\d+\s+(?:down\s+)?to\s+(\d{{1,5}})\b",
        rf"\b{_HIDDEN}{_MEASURE}\s*(?:of|to|is|was|are|were|[=:])?\s*(?:only\s+)?(\d{{1,5}})\b",
        r"\b(\d{1,5})\s+(?:hidden\s+)(?:units|neurons|nodes)\b",
        r"\bhidden\s+layers?\s+(?:of|with)\s+(?:(?:size|width)\s+)?(\d{2,5})\b",
        r"\b(\d{2,5})\s+(?:units|neurons|nodes)\s+(?:in|per|for)\s+(?:each|every|the|both|all)?"
        r"\s*hidden\s+layers?\b",
        r"\bhidden_(?:size|dim)\s*=\s*(\d{1,5})\b",
    )
)
_LAYERS = re.compile(rf"\b{_COUNT}\s+hidden\s+layers?\b", re.IGNORECASE)
_ARROWS = re.compile(r"\b\d{1,5}(?:\s*(?:->|→|–|—|-|⟶|=>)\s*\d{1,5}){2,9}\b")  # noqa: RUF001
_ITERATIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\biterations?\s+from\s+\d+\s+(?:down\s+)?to\s+(\d{1,4})\b",
        r"\bfrom\s+\d+\s+(?:down\s+)?to\s+(\d{1,4})\s+(?:pruning\s+|IMP\s+)?iterations\b",
        rf"\b{_COUNT}\s+(?:IMP\s+|pruning\s+|prune\s+|magnitude\s+)*iterations?\b",
        rf"\b(?:number of|pruning|IMP)\s+iterations\s*(?:is|was|to|of|[=:])\s*{_COUNT}\b",
    )
)
_ABOUT_PRUNING = re.compile(r"\bprun|\bIMP\b|rewind|magnitude|sparsity", re.IGNORECASE)
_ABOUT_TIMING = re.compile(
    r"latenc|tim(?:e|ed|ing)\b|warm|measur|inference|forward|benchmark|averag|runs\b|epoch|\bafter\b",
    re.IGNORECASE,
)
_PERCENT = r"(\d{1,2}(?:\.\d+)?)\s*(?:%|percent\b)"
_FRACTION = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bprun(?:e|ed|es|ing)\b[^.;%]{{0,40}}?\b{_PERCENT}[^.;]{{0,60}}?"
        r"\b(?:each|per|every|remain(?:ing|s)?)\b",
        rf"\b(?:each|per|every)\s+(?:iteration|round|step)\b[^.;%]{{0,40}}?\bprun\w*[^.;%]{{0,30}}?"
        rf"\b{_PERCENT}",
        rf"\bprun(?:e|ing)\s+(?:rate|fraction|ratio|amount)\s*(?:of|to|is|was|[=:])?\s*{_PERCENT}",
    )
)
_CHANGE_WITHOUT_VALUE = re.compile(
    r"\b(?:chang(?:e|ed)|reduc(?:e|ed)|decreas(?:e|ed)|increas(?:e|ed)|lower(?:ed)?|halved|doubled"
    r"|shrank|(?:smaller|larger|different|fewer|more))\b[^.;]{0,40}?"
    r"\b(?:hidden|layers|width|network|model size|architecture|crop|(?:pruning|IMP) iterations)",
    re.IGNORECASE,
)

Values = Iterator[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredChange:
    """A change that the text declares: the changed experiment, and the sentences that say so."""

    spec: ExperimentSpec
    change: Change
    quotes: tuple[str, ...]


def declared_change(text: str, spec: ExperimentSpec) -> DeclaredChange | None:
    """Return the change that `text` declares, without the lab's own text; None if it is none.

    Raises `GraderError` if the experiment's data set is unknown.
    """
    said: dict[str, dict[object, str]] = {}
    for sentence in _plain_sentences(text):
        for name, read in _READERS.items():
            for value in read(sentence, spec):
                said.setdefault(name, {}).setdefault(value, sentence)
    change, quotes = Change(), []
    for name, values in said.items():
        others = {value: each for value, each in values.items() if value != _of(spec, name)}
        if len(others) != 1:
            continue  # nothing is changed, or it is not clear to which value
        (value, quote), *_ = others.items()
        change = replace(change, **{name: value})  # type: ignore[arg-type]
        quotes.append(quote)
    if change == Change():
        return None
    try:
        new = changed(spec, change)
        widths(new)
    except (ValidationError, GraderError):
        return None  # such an experiment cannot be run: the sentence means something else
    return DeclaredChange(spec=new, change=change, quotes=tuple(dict.fromkeys(quotes)))


def unclear_changes(text: str) -> tuple[str, ...]:
    """Return the sentences that say that the network or the pruning was changed, with no value.

    With such a sentence a contradiction is a person's to judge.
    """
    return tuple(
        each
        for each in _plain_sentences(text)
        if _CHANGE_WITHOUT_VALUE.search(each) and not re.search(r"\d|\b(?:not|no)\b", each)
    )


def _plain_sentences(text: str) -> Iterator[str]:
    for sentence in sentences(text):
        if len(sentence) <= SENTENCE_AT_MOST and not _OTHER_TIME.search(sentence):
            yield sentence


def _of(spec: ExperimentSpec, name: str) -> object:
    if name == "crop":
        return spec.crop if spec.crop is not None else _side(spec)
    return getattr(spec, name)


def _side(spec: ExperimentSpec) -> int:
    """Return the side in pixels of the whole image."""
    pixels = widths(spec.model_copy(update={"crop": None}))[0]
    return math.isqrt(pixels)


def _crop(sentence: str, spec: ExperimentSpec) -> Values:
    whole = _WHOLE_IMAGES.search(sentence)
    sides = [int(each) for each in _SQUARE.findall(sentence)]
    if _NOT_CROPPED.search(sentence):
        yield _side(spec)
    elif sides and _CROPPED.search(sentence):
        yield min(sides)  # a sentence may also name the side of the whole image
    elif whole is not None and int(whole[1]) == _side(spec) and _is_done(sentence):
        yield _side(spec)


def _hidden(sentence: str, spec: ExperimentSpec) -> Values:
    for found in _ARROWS.findall(sentence):
        numbers = tuple(map(int, re.findall(r"\d+", found)))
        if numbers[-1] == widths(spec)[-1] and min(numbers) > 0:
            yield numbers[1:-1]
            return
    if not _is_done(sentence):
        return
    width = _first(_WIDTH, sentence)
    layers = _LAYERS.search(sentence)
    count = len(spec.hidden) if layers is None else _integer(layers[1])
    if width is None:
        if layers is None or not spec.hidden:
            return
        width = str(spec.hidden[0])
    if 0 < count <= 32 and int(width) > 0:
        yield (int(width),) * count


def _iterations(sentence: str, spec: ExperimentSpec) -> Values:
    if _ABOUT_TIMING.search(sentence) or not _is_done(sentence):
        return
    if not _ABOUT_PRUNING.search(sentence) and str(spec.prune_iterations) not in sentence:
        return
    found = _first(_ITERATIONS, sentence.partition(" instead of ")[0])
    if found is not None and _integer(found) > 0:
        yield _integer(found)


def _fraction(sentence: str, _spec: ExperimentSpec) -> Values:
    found = _first(_FRACTION, sentence)
    if found is not None and 0 < float(found) < 100:
        yield float(found) / 100


def _is_done(sentence: str) -> bool:
    """True if the sentence says that something was used or changed, and does not deny it."""
    return bool(_USED.search(sentence)) and not _DENIED.search(sentence)


def _first(patterns: Sequence[re.Pattern[str]], sentence: str) -> str | None:
    matches = (pattern.search(sentence) for pattern in patterns)
    return next((each[1] for each in matches if each is not None), None)


def _integer(number: str) -> int:
    word = number.casefold()
    return _NUMBERS[word] if word in _NUMBERS else int(number)


_READERS: Mapping[str, Callable[[str, ExperimentSpec], Values]] = {
    "crop": _crop,
    "hidden": _hidden,
    "prune_iterations": _iterations,
    "prune_fraction": _fraction,
}
