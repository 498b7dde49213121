"""The numbers that a clause states: ratios, parts, percentages, sizes, times and fractions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from grader.writeup.cell import BYTES, SECONDS, read_value
from grader.writeup.claim_words import bound, comparison

NEAR = 12  # letters after a number in which a word belongs to it: "9 ms less"
SMALLEST = 1_000  # bytes of a file: fewer are those of one weight
_WORDS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2
    )
}
_DIGITS = r"\d+(?:\.\d+)?"
_RATIO = re.compile(
    rf"(?<![\w.-])({_DIGITS}|{'|'.join(_WORDS)}|twice)"
    r"(?:\s*x\b(?!\s*\d)|\s+times\b|[\s-]?fold\b|(?<=twice)\b)"
    rf"|\b(?:factor|ratio|speed-?up)\s+of\s+(?:\w+\s+)?({_DIGITS})(?![\d.]*\d|\s*%)",
    re.IGNORECASE,
)
_OF_ITS_SIZE = re.compile(r"\s+(?:the|its)\s+(?:\w+\s+)?(?:size|latency|time)\b", re.IGNORECASE)
_PARTS: Mapping[str, int] = {
    r"(?:a|one)[\s-](?:quarter|fourth)": 4,
    r"(?:a|one)[\s-]third": 3,
    r"(?:a|one)[\s-]fifth": 5,
    r"(?:a|one)[\s-]tenth": 10,
    r"half(?=\s+(?:of|the|as|that|its)\b)|in\s+half|halv(?:e|es|ed|ing)": 2,
}
_PART = re.compile(rf"\b(?:{'|'.join(f'({each})' for each in _PARTS)})\b", re.IGNORECASE)
_PART_OF_ANOTHER = re.compile(
    r"\b(?:by|three|los(?:e|es|ing|t)|drop(?:s|ped|ping)?|cut(?:s|ting)?)\s*$", re.IGNORECASE
)
_DEVIATION = r"(?:\s*(?:±|\+\s*/?\s*-)\s*[\d.,]+)?"
_PERCENT = re.compile(
    rf"(?<![\w.±])({_DIGITS}){_DEVIATION}\s*(?:%|percent\b)(?!\s*point)", re.IGNORECASE
)
_POINTS = re.compile(
    rf"(?<![\w.±])({_DIGITS})\s*(?:(?:%|percent(?:age)?)[\s-]*)?(?:points?|pp)\b(?!\s+for)",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\s*of\s+(?:the\s+|its\s+)?(?:original|float32|fp32|baseline|size|disk|latency|space|time)\b",
    re.IGNORECASE,
)
_OF_WEIGHTS = re.compile(
    r"\s*(?:of\s+(?:the\s+|all\s+|its\s+)?(?:\w+\s+)?(?:weights|parameters|connections|images"
    r"|cores?|CPU|RAM|time)|spars\w*|pruned|remain\w*|CPU|utili[sz]\w*)\b",
    re.IGNORECASE,
)
_PRUNED = re.compile(r"\bprun(?:e|ed|es|ing)\s+(?:\w+\s+)?$", re.IGNORECASE)
_ROUND = re.compile(r"\d*[05]")  # a percentage that was rounded: "50 % slower"
_STATES = re.compile(
    r"(?:\b(?:to|at|is|was|are|were|from|(?<!less )(?<!more )than|vs\.?|versus|against|instead of"
    r"|compared (?:to|with)|reach\w*|with|and|accurac(?:y|ies) of|stay\w*|remain\w*)"
    r"|[(=:])\s*(?:(?:about|around|approximately|roughly|nearly|almost|over|under|above|below|only"
    r"|still)\s*|[~≈]\s*)?$",
    re.IGNORECASE,
)
_UNITS = sorted((each for each in (*BYTES, *SECONDS) if each not in {"m", "b"}), key=len)[::-1]
_UNIT = "|".join(map(re.escape, _UNITS))
_FRACTION = re.compile(
    rf"(?<![\w.,±])(0?\.\d{{2,6}})(?!\s*(?:%|percent|points?\b|pp\b|(?:{_UNIT}|x|times)\b)|\w|\.\d)"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,±])(\d[\d.,]*|\.\d+){_DEVIATION}\s*({_UNIT})(?![\w/])",
    re.IGNORECASE,
)
_AFTER_SIGN = re.compile(r"(?:±|\+\s*/?\s*-)\s*$")
_DIFFERENCE_BEFORE = re.compile(
    r"\b(?:by|sav(?:e|es|ed|ing)|difference|gap|drop|reduction|increase|decrease|another|extra"
    r"|gain\w*|worth)\s*(?:of\s*|is\s*)?(?:about|around|only|just|roughly|nearly|~)?\s*$",
    re.IGNORECASE,
)
_GAIN = re.compile(
    r"\b(?:gain|advantage|difference|saving|gap|improvement|penalty)s?\b", re.IGNORECASE
)
_NOT_OF_A_ROW = re.compile(r"\s*(?:/|for each|for every|of RAM|of memory)\b", re.IGNORECASE)


class Kind(StrEnum):
    """What a number says."""

    RATIO = "ratio"  # one number is so many times the other
    CHANGE = "change"  # one number differs from the other by this part of it
    DIFFERENCE = "difference"  # one number is larger than the other by this value
    SIZE = "size"  # the others are values, named as the kinds of cells
    TIME = "time"
    FRACTION = "fraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A number of a clause and its place: a ratio, a part of one, bytes, seconds or a fraction.

    `step` is one unit of its last digit. `less` is True if it says that the number of which it
    speaks is the smaller one. `bound` is "<", ">", "~" or "". `of` is the kind of cells of a
    difference.
    """

    kind: Kind
    number: float
    step: float
    start: int
    less: bool | None = None
    bound: str = ""
    of: str | None = None


def stated(text: str) -> Iterator[Stated]:
    """Yield the numbers of a clause, by kind."""
    yield from _ratios(text)
    yield from _parts(text)
    yield from _percentages(text)
    for match in _FRACTION.finditer(text):
        decimals = len(match[1].partition(".")[2])
        yield Stated(
            kind=Kind.FRACTION,
            number=float(match[1]),
            step=10.0**-decimals,
            start=match.start(),
            bound=bound(text[: match.start()]),
        )
    yield from _amounts(text)
    for match in _POINTS.finditer(text):
        yield Stated(
            kind=Kind.DIFFERENCE,
            number=float(match[1]) / 100,
            step=_step(match[1]) / 100,
            start=match.start(),
            bound=bound(text[: match.start()]),
            of=str(Kind.FRACTION),
        )


def _ratios(text: str) -> Iterator[Stated]:
    for match in _RATIO.finditer(text):
        word = (match[1] or match[2]).casefold()
        number = 2.0 if word == "twice" else float(_WORDS.get(word, 0)) or float(word)
        if number >= 1:
            near = bound(text[: match.start()])
            is_more = _OF_ITS_SIZE.match(text, match.end()) is not None
            yield Stated(
                kind=Kind.RATIO,
                number=number,
                step=_step(word) if word[0].isdigit() else 1.0,
                start=match.start(),
                less=False if is_more else None,
                bound=near or ("~" if "." not in word else ""),
            )


def _parts(text: str) -> Iterator[Stated]:
    for match in _PART.finditer(text):
        before, after = text[: match.start()], text[match.end() : match.end() + NEAR]
        if _PART_OF_ANOTHER.search(before) or comparison(after) is not None:
            continue  # "by a third" leaves two thirds
        number = tuple(_PARTS.values())[(match.lastindex or 1) - 1]
        yield Stated(
            kind=Kind.RATIO,
            number=number,
            step=0.0,
            start=match.start(),
            less=None if "speed" in text.casefold() else True,
            bound="~",
        )


def _percentages(text: str) -> Iterator[Stated]:
    compared = comparison(text)
    for match in _PERCENT.finditer(text):
        number, step = float(match[1]) / 100, _step(match[1]) / 100
        before = text[: match.start()]
        if _OF_WEIGHTS.match(text, match.end()) or _PRUNED.search(before):
            continue
        near = bound(before)
        if _SHARE.match(text, match.end()) and 0 < number < 1:
            yield Stated(
                kind=Kind.RATIO,
                number=1 / number,
                step=step / number**2,
                start=match.start(),
                less=True,
                bound=near,
            )
            continue
        follows = comparison(text[match.end() : match.end() + NEAR])
        is_value = compared is None or (_STATES.search(before) and follows is None)
        kind = Kind.FRACTION if is_value else Kind.CHANGE
        if kind is Kind.CHANGE and _ROUND.fullmatch(match[1]):
            near = near or "~"
        yield Stated(kind=kind, number=number, step=step, start=match.start(), bound=near)


def _amounts(text: str) -> Iterator[Stated]:
    for match in _AMOUNT.finditer(text):
        before, after = text[: match.start()], text[match.end() : match.end() + NEAR]
        value = read_value(match[1].rstrip(".,"))
        unit = match[2].casefold()
        if value is None or _AFTER_SIGN.search(before) or _NOT_OF_A_ROW.match(text, match.end()):
            continue
        kind = Kind.SIZE if unit in BYTES else Kind.TIME
        factor = BYTES[unit] if kind is Kind.SIZE else SECONDS[unit]
        if kind is Kind.SIZE and value.number * factor < SMALLEST:
            continue
        is_difference = (
            _DIFFERENCE_BEFORE.search(before) or _GAIN.search(before) or comparison(after)
        )
        yield Stated(
            kind=Kind.DIFFERENCE if is_difference else kind,
            number=value.number * factor,
            step=value.step * factor,
            start=match.start(),
            bound=bound(before),
            of=str(kind) if is_difference else None,
        )


def _step(digits: str) -> float:
    """Return one unit of the last digit."""
    return 10.0 ** -len(digits.partition(".")[2])
