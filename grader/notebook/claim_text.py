"""Reads the MFLOPs, the accuracy and the score in a text: printed by code, or a student's prose."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# 1,234.5 with or without the comma, 4.3e7; not the 6.2 of a format.
NUMBER = (
    r"(?P<value>\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,12})?|\d{1,12}(?:\.\d{1,18})?(?:e[+-]?\d{1,3})?)"
)
WRAPPED = re.compile(r"\b(?:np\.float\d\d|tensor|float)\(([\d.e+-]{1,30})(?:,[^()]{0,60})?\)")
_AFTER = (
    r"(?![\d.,]*\d)\s?(?:(?P<percent>%|percent\b|趴)"
    r"|(?P<unit>[KMG])?(?=$|\W|[KMG]|FLOP|MAC|[^\x00-\x7f]))"
)
# What may stand between a name and its number: any few words before a colon, or one of these.
_LINK = (
    r"[\"'`*_)\]]{0,4}\s{0,3}(?:\((?:M|G|%|in\s\w{1,12}|MMACs?|MFLOPs?)\)\s{0,3})?"
    r"(?:(?:[\s_-][A-Za-z]{1,15}){1,6}\s{0,3}[:=]"
    r"|(?:of|for)\s(?:(?:the|my|our|this|final|pruned|sparse|finetuned|fine-tuned)\s){1,3}"
    r"(?:model|network)s?)?"
    r"(?:[:=]|is|was|are|of|to|at|by|reach(?:es|ed)?|got|about|around|approximately|only|roughly|now"
    r"|from|drop(?:s|ped)?|decreased?s?|reduced?s?|went|goes|fell|falls?|從|从|由|則|则|大概"
    r"|為|为|是|約|约|大約|大约|達到?|达到?|到|降至|降到|下降|剩下?|只有|有|在"
    r"|\u2248|~|->|=>|\u2192|\s|[*_`|]){0,12}"
)
NAMES: Mapping[str, str] = {
    "MFLOPs": r"(?:[MG]?FLOPs?|[MG]?MACs?|ops|(?:運算|运算|計算|计算)[量次]數?|浮點運算)",
    "accuracy": r"(?:acc(?:uracy|uarcy)?|[準准]確[率度]|准确[率度]|正[確确]率|精度)",
    "score": r"(?:scores?|分[數数]|得分)",
}
WHAT = tuple(NAMES)
_NAMED = {
    what: re.compile(rf"(?<![A-Za-z]){name}(?![A-Za-z]){_LINK}{NUMBER}{_AFTER}", re.IGNORECASE)
    for what, name in NAMES.items()
}
_UNIT_LAST = {
    "MFLOPs": re.compile(
        rf"(?<![\w.,]){NUMBER}\s{{0,2}}(?:(?P<unit>[MG])\s?(?:FLOPs?|MACs?|ops)\b|[百佰]萬次)"
        r"(?!\s{0,2}[:=])"
        r"(?P<percent>(?!))?",
        re.IGNORECASE,
    ),
    "accuracy": re.compile(
        rf"(?<![\w.,]){NUMBER}\s?(?P<percent>%|percent\b)\s{{0,3}}"
        rf"(?:的|of\s|test\s|top-1\s|validation\s){{0,3}}{NAMES['accuracy']}"
        r"(?P<unit>(?!))?",
        re.IGNORECASE,
    ),
}
# `MACs: 318.97 M => 43.40 M`: the second number is of the pruned network.
_CHANGED = re.compile(
    r"\d\s?[%MG]?\s?(?:FLOPs?|MACs?)?\s{0,3}(?:->|=>|\u2192|\bto\b|降[到至]為?|變成|变成|到"
    r"|[,;]\s{0,3}(?:and\s)?(?:after|pruned|now)(?:\s\w{1,12})?\s{0,3}[:=]|[,;]\s{0,3}剪枝[後后]\s{0,3}[:=為为]?)"
    rf"\s{{0,3}}{NUMBER}{_AFTER}",
    re.IGNORECASE,
)
_QUOTIENT = re.compile(r"\s{0,3}[/*]\s{0,3}(?:(\d{1,9})|\()")
_IMAGES_AT_LEAST = 1_000  # `9217/9984` is an accuracy, `92.34/100` a percentage in a formula
_DIGITS_OF_A_QUOTIENT = 6
_OTHER = re.compile(
    r"(?<![a-z])(?:original(?:ly)?|ori|orig|unpruned|dense|base(?:line)?|before|initial(?:ly)?"
    r"|start(?:ing)?|target|goal|ceiling|threshold|train(?:ing)?|expected|max|min|reference"
    r"|teacher|pretrained)(?=\b|_)"
    r"|(?<![a-z])old(?=\b|_)|剪枝前|未剪枝|原[始本來来]|稠密|[目標标]{2}|基[準准线線]|[訓训][練练]",
    re.IGNORECASE,
)
_LOG = re.compile(
    r"\b(?:iter(?:ation)?s?|epochs?|steps?|rounds?|batch(?:es)?|trial)\b\W{0,3}\d{1,5}"
    r"\s{0,2}(?:/|of\b|[:,|\]-]|\s|$)|^\W{0,5}\d{1,4}\s?/\s?\d{1,4}\]?[:\s]"
    r"|第\s{0,2}\d{1,4}\s{0,2}(?:輪|轮|次|個epoch)|\d\s?it/s\b|\bs/it\b",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"\b(?:final|pruned|after|finetuned|fine-tuned|your|my|our)\b|剪枝後|剪枝后|最[終终後后]",
    re.IGNORECASE,
)
# The start of a change whose end is not there, or a bound: no result.
_BOUND = re.compile(
    r"(?:\b(?:from|below|under|above|than|least|most)|[從从由<>]|[低高大小]於|[低高大小]于)[\s~]{0,3}$",
    re.IGNORECASE,
)
# `the accuracy dropped by 4%`: a difference, unless `to` follows.
_DIFFERENCE = re.compile(
    rf"{NAMES['accuracy']}[\s_]{{0,3}}(?:(?:only|has|was|is|slightly|also|just)\s){{0,3}}"
    r"(?:(?:drop|decreas|degrad|los[st]|gap|diff|fell|fall|reduc|improv|increas)\w{0,9}"
    r"|下降|降低|減少|减少|提升|上升)(?!.{0,30}(?:\b(?:to|at|from)\b|->|[到至為为從从]))",
    re.IGNORECASE,
)
# A line above the numbers of another network: `=== Before pruning ===`, `Original model:`.
_TITLE = re.compile(r"\s{0,9}(?:[=#*<>\[-]{2,}.{1,60}|.{1,60}[:\uff1a]\s{0,9})")
_BEFORE = re.compile(
    r"\b(?:original|unpruned|dense|baseline|before)\b|剪枝前|未剪枝|原[始本來来]", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*|__|`")
_LINES_AT_MOST = 2_000
_LONGEST = 400  # characters of a line
_GIGA = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of kind `what`, as written; `decimals` are its digits behind the point.

    `percent` is true if a percent sign follows it; `at` is its place in the text. MFLOPs that are
    written in billions are in millions here.
    """

    what: str
    value: float
    percent: bool
    decimals: int
    at: int


def of_another(text: str) -> bool:
    """True if a text is about another network: the original, one in training, or a goal."""
    return bool(_OTHER.search(text) or _LOG.search(text))


def stated(text: str, prose: bool = False) -> Iterator[Number]:
    """Yield the numbers that a text states for the final network, in their order.

    A line of code's output is about one network; a sentence of prose may compare two. In an output
    the lines below a title, up to the next line without a digit, are about the title's network.
    """
    at = 0
    is_before = False
    text = unicodedata.normalize("NFKC", text)
    for line in (_BOLD.sub("", text) if prose else text).splitlines()[-_LINES_AT_MOST:]:
        if not prose and not any(map(str.isdigit, line)):
            is_before = _is_title_of_another(line)
        if not is_before:
            yield from _of_line(WRAPPED.sub(r"\1", line[:_LONGEST]), at, prose)
        at += len(line) + 1


def _is_title_of_another(line: str) -> bool:
    if len(line) > _LONGEST or not _TITLE.fullmatch(line):
        return False
    return _BEFORE.search(line) is not None and not _FINAL.search(line)


def decimals_of(digits: str) -> int:
    """Return the number of digits behind the decimal point, also of 4.3e7."""
    mantissa, _, exponent = digits.lower().partition("e")
    return max(0, len(mantissa.partition(".")[2]) - int(exponent or 0))


def _of_line(line: str, at: int, prose: bool) -> Iterator[Number]:
    if _LOG.search(line) and not prose:
        return
    found: dict[int, Number] = {}
    for what in WHAT:
        matches = [*_NAMED[what].finditer(line)]
        if what in _UNIT_LAST:
            matches += _UNIT_LAST[what].finditer(line)
        for match in matches:
            number = _number(what, match, line, at)
            if number is not None and not _is_other(line, match, prose):
                found.setdefault(match.start("value"), number)
    yield from (found[place] for place in sorted(found))


def _number(what: str, match: re.Match[str], line: str, at: int) -> Number | None:
    changed = _CHANGED.match(line, match.end("value") - 1) if what != "score" else None
    shown = changed or match
    digits = shown["value"].replace(",", "")
    value, decimals = float(digits), decimals_of(digits)
    quotient = _QUOTIENT.match(line, shown.end()) if what != "score" else None
    if quotient is not None:
        images = int(quotient[1] or 0)
        if what != "accuracy" or images < _IMAGES_AT_LEAST:
            return None
        value, decimals = value / images, _DIGITS_OF_A_QUOTIENT
    if what == "MFLOPs" and ((shown["unit"] or "").upper() == "G" or "GFLOP" in match[0].upper()):
        value, decimals = round(value * _GIGA, 9), max(0, decimals - 3)
    return Number(
        what=what,
        value=value,
        percent=shown["percent"] is not None,
        decimals=decimals,
        at=at + match.start("value"),
    )


def _is_other(line: str, match: re.Match[str], prose: bool) -> bool:
    """True if the words around a number say that it is another network's."""
    if _CHANGED.match(line, match.end("value") - 1):
        return False
    start = max(line.rfind(mark, 0, match.start()) for mark in (",", ";", "\uff0c", "\u3002", "|"))
    before = line[start + 1 : match.end()]
    words = before if prose or "," in line or "|" in line else line
    until = line[: match.start("value")]
    if _BOUND.search(until) or _DIFFERENCE.match(until, match.start()):
        return True
    return bool(_OTHER.search(words)) and not _FINAL.search(before)
