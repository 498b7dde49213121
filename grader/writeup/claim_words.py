"""The words with which a sentence compares numbers, and those that make it no plain statement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_NOT_DONE = re.compile(
    r"\b(?:if|would|could|should|might|expect(?:s|ed|ing)?|assum\w+|theor\w+|ideal(?:ly)?"
    r"|suppos\w+|hypothes\w+|predict\w*|target|plan(?:s|ned)?|claim\w*|paper|literature"
    r"|documentation|recommend\w*|hop(?:e|ed|ing)|wanted|potential(?:ly)?)\b|\?",
    re.IGNORECASE,
)
_AS_EXPECTED = re.compile(r"\b(?:as|than)\s+(?:\w+\s+)?expected\b", re.IGNORECASE)
_CONTRAST = re.compile(r"[;:]|but|however|whereas|instead|yet|although|though")
_DENIED = re.compile(
    r"\b(?:not|never|no|nor|neither|cannot|hardly)\b|n['’]t\b",  # noqa: RUF001
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\bper[\s-]+(?:image|sample|input|weight|value)\b|\beach (?:image|non-?zero|value|weight)"
    r"|threads?\b|\battempts?\b|\bwrong(?:ly)?\b|\bmistake\b"
    r"|\bat first\b|\binitially\b|\bwarm-?ups?\b|\bfirst (?:inference|run|call|pass|batch)\b"
    r"|\b(?:second|third|another|other|repeated) (?:run|time|try)\b|\bre-?r[au]n\b|\btried\b"
    r"|\b(?:whole|entire|full|complete) (?:test|data)|\b(?:test set|data ?set) (?:takes?|took)\b"
    r"|\bin(?:clude)?\b[^.]{0,15}\btable\b|\bcalibrat\w+|\bthroughput\b|\bper second\b"
    r"|\bCSR\b|\bsimulat\w+|\bpeak\b|\bmillisecond\b",
    re.IGNORECASE,
)
_EFFECT = re.compile(
    r"\b(?:advantage|benefit|gap|difference|improvement|effect|penalty)\b", re.IGNORECASE
)
_BOUNDS: Mapping[str, re.Pattern[str]] = {
    "<": re.compile(
        r"(?:\b(?:less than|under|below|at most|up to|within|no more than)|[<≤])\s*$", re.IGNORECASE
    ),
    ">": re.compile(
        r"(?:\b(?:more than|over|above|at least|beyond|exceed\w*)|[>≥])\s*$", re.IGNORECASE
    ),
    "~": re.compile(
        r"(?:\b(?:about|around|approximately|approx\.|roughly|nearly|almost|close to|ca\.)|[~≈])"
        r"\s*$",
        re.IGNORECASE,
    ),
}
_COMPARED = re.compile(
    r"\b(?:(?P<faster>faster|quicker|sped up|speeds? up|speed-?ups?|accelerat\w+|as (?:fast|quick))"
    r"|(?P<slower>slower|slow(?:s|ed)? down|slow-?downs?|as slow)"
    r"|(?P<smaller>smaller|compress\w*|shr[aiu]nk\w*|lighter|as small)"
    r"|(?P<larger>larger|bigger|heavier|gr[eo]w\w*|as (?:large|big))"
    r"|(?P<less>less|lower|fewer|reduc\w*|decreas\w*|drop\w*|los(?:e|es|t|s)|sav(?:e|es|ed|ings?)"
    r"|fell|falls|declin\w*|degrad\w*|shorter)"
    r"|(?P<more>more|higher|greater|increas\w*|rose|rises|longer|as high)"
    r"|(?P<worse>worse)|(?P<better>better|improv\w*|gain\w*))\b",
    re.IGNORECASE,
)
_MEANING: Mapping[str, tuple[bool | None, str | None]] = {
    "faster": (True, "time"),
    "slower": (False, "time"),
    "smaller": (True, "size"),
    "larger": (False, "size"),
    "less": (True, None),
    "more": (False, None),
    "worse": (None, None),
    "better": (None, None),
}
_MOST = re.compile(
    r"\b(?:(?P<faster>fastest|quickest)|(?P<slower>slowest)|(?P<smaller>smallest)"
    r"|(?P<larger>largest|biggest)|(?P<less>lowest|least)"
    r"|(?P<more>highest|greatest|most accurate))\b",
    re.IGNORECASE,
)
_NOT_OF_ALL = re.compile(
    r"\b(?:second|third|among|of the|one of|next|except|apart|between|after)\b", re.IGNORECASE
)
_SPEED = re.compile(r"\bspeed|\bthroughput|\bper second\b|\bfps\b", re.IGNORECASE)
_BEFORE_OTHER = re.compile(
    r"(?:\b(?:than|compared (?:to|with)|over|relative to|versus|vs\.?|against|from|as|that of)"
    r"|(?:%|\b(?:percent|quarter|fourth|third|fifth|tenth|half)(?: the \w+)?)\s+of)\b"
    r"(?:[^.;]|\.\d){0,30}$",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:previous|earlier|last|prior|former)\s+(?:lab|assignment|machine|hardware|device|time"
    r"|results?|measurements?|experiments?)\b|\blab\s*[23]\b(?!\s+(?:model|network|table))"
    r"|\bi[3579]\b|\bmac(?:book)?\b|\bcolab\b|\bxeon\b"
    r"|\b(?:PC|computer|server|GPU|x86(?:[_-]64)?|host)\b|\bthan before\b",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\b(?:this (?:lab|device|board|machine)|the (?:board|device)|here|on-device|pi|nano)\b",
    re.IGNORECASE,
)
_THAN_THE = re.compile(
    r"\b(?:than|then|vs\.?|versus|compared (?:to|with))\s+(?:on\s+)?(?:(?:the|this|our|my)\s+)?$",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:so|thus|hence|therefore|i\.e\.|which (?:is|means))(?:\s|$)", re.IGNORECASE
)


class Machine(StrEnum):
    """The machine of which a clause speaks."""

    UNKNOWN = "unknown"
    THIS = "this"
    OTHER = "other"  # or both: a comparison of two machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """The patterns that name this machine, and those that name another one."""

    this: tuple[re.Pattern[str], ...]
    other: tuple[re.Pattern[str], ...]

    def named(self, text: str) -> Machine:
        """Return the machine that a text names."""
        if any(each.search(text) for each in (_EARLIER, *self.other)):
            return Machine.OTHER
        this = [found for each in (_THIS, *self.this) if (found := each.search(text))]
        if any(_THAN_THE.search(text[: each.start()]) for each in this):
            return Machine.OTHER
        return Machine.THIS if this else Machine.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A word that compares: "faster" says that a time is less.

    `less` is None if the word does not say which number is smaller; `kind` is the kind of cells
    that it is about, None if it may be any.
    """

    start: int
    less: bool | None
    kind: str | None


def comparison(text: str, at: int = 0) -> Comparison | None:
    """Return the word of a text that compares: the first after `at`, or else the last before it."""
    found = list(_COMPARED.finditer(_EFFECT.split(text, maxsplit=1)[0]))
    after = [each for each in found if each.start() >= at]
    match = after[0] if after else found[-1] if found else None
    if match is None or match.lastgroup is None:
        return None
    less, kind = _MEANING[match.lastgroup]
    if kind is None and _SPEED.search(text):
        less = None  # a higher speed is a lower time
    return Comparison(start=match.start(), less=less, kind=kind)


def superlative(text: str) -> Comparison | None:
    """Return the word of a text that sets one row above all others, as "fastest"."""
    match = _MOST.search(text)
    if match is None or match.lastgroup is None or _NOT_OF_ALL.search(text) or _SPEED.search(text):
        return None
    less, kind = _MEANING[match.lastgroup]
    return Comparison(start=match.start(), less=less, kind=kind)


def is_plan(text: str) -> bool:
    """True if a text says what should or could be, rather than what is."""
    return _NOT_DONE.search(_AS_EXPECTED.sub(" ", text)) is not None


def is_of_something_else(sentence: str) -> bool:
    """True if its numbers are not those of a table: of one image, of a first or another run."""
    return _ELSEWHERE.search(sentence) is not None


def concludes(before: str) -> bool:
    """True if the words before a number say that it follows from others, as "so"."""
    return _CONCLUDES.search(before) is not None


def is_denied(text: str) -> bool:
    """True if a text denies something."""
    return _DENIED.search(text) is not None


def turns(mark: str) -> bool:
    """True if the mark before a clause ends what was said of a plan."""
    return _CONTRAST.search(mark) is not None


def bound(before: str) -> str:
    """Return the bound that the words before a number say: "<", ">", "~", or "" for none."""
    return next((sign for sign, each in _BOUNDS.items() if each.search(before)), "")


def introduces_other(before: str) -> bool:
    """True if the words before a name say that something is compared with it, as "than"."""
    return _BEFORE_OTHER.search(before) is not None
