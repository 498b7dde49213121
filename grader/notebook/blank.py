"""The lab's own text and code: its blank notebook, and the questions' words in the lab file.

A student's copy may come from another version of the template. So text is compared word by word:
letter case, spaces, punctuation, Markdown marks and small changes of the wording do not count.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import dropwhile

from grader.labs.blank_cells import blank_cells
from grader.labs.network_lab import NetworkLab
from grader.notebook.source import plain

_ALIKE = 0.8  # of the words of two lines, in their order
_PART = 4  # words: shorter lines are the lab's only if they are a whole line or sentence of it
_LONGEST = 80  # words of a line that are compared: the time grows with the square
_LINES_AT_MOST = 300  # of one text; what is below is not compared

Words = tuple[str, ...]

# One word of letters and digits, or one Chinese character.
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:['.][^\W_\u3400-\u9fff]+)*")
_SENTENCE = re.compile(r"(?<=[.?!:])\s+|(?<=[\u3002\uff1f\uff01])")
_POINTS = re.compile(r"\W{0,9}\(\d{1,3}\s{0,3}(?:pts?|points?|%|\uff05|分)\)\W{0,9}", re.IGNORECASE)
_TAG = re.compile(r"</?(?!img\b)[a-zA-Z][^<>]{0,200}>")  # a picture can be an answer
_ASKING = re.compile(
    r"\?|^(?:what|which|how|why|who|when|where|do|does|did|is|are|can|should|will)\b"
    r"|[\uff1f嗎吗呢]|何|什麼|什么|哪|為什|为什|是否",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """The lab's own cells: the `texts` of Markdown cells, as words, and the `code` of others.

    `lines` are the lines and sentences of the texts; `questions` are those that ask something.
    """

    texts: tuple[Words, ...] = ()
    lines: frozenset[Words] = frozenset()
    code: frozenset[str] = frozenset()
    questions: frozenset[Words] = frozenset()

    def has_text(self, source: str) -> bool:
        """True if a Markdown cell is the lab's: each of its lines is one of the lab's."""
        return bool(words(source)) and not words(self.own_part(source))

    def has_line(self, line: str) -> bool:
        """True if a line of Markdown is one of the lab's, a part of one, or one reworded."""
        found = words(line)
        if not found or found in self.lines or _POINTS.fullmatch(line):
            return bool(found)
        sentences = _sentences(line)
        return all(self._has_sentence(each) for each in sentences if words(each))

    def _has_sentence(self, sentence: str) -> bool:
        found = words(sentence)
        if found in self.lines:
            return True
        if len(found) > _LONGEST:
            return False
        if len(found) >= _PART and any(_within(found, each) for each in self.texts):
            return True
        asks = _ASKING.search(_bare(sentence)) is not None
        return any(_alike(found, each) for each in self.lines if asks or each not in self.questions)

    def own_part(self, text: str) -> str:
        """Return the text without the lines that are the lab's, and sentences that begin one."""
        lines = text.splitlines()
        own = [self._own_sentences(each) for each in lines[:_LINES_AT_MOST]]
        return "\n".join([*own, *lines[_LINES_AT_MOST:]]).strip()

    def has_code(self, source: str) -> bool:
        """True if a code cell equals one of the lab's, except for comments and spacing."""
        return plain(source) in self.code

    def _own_sentences(self, line: str) -> str:
        if self.has_line(line):
            return ""
        sentences = _sentences(line)
        own = list(dropwhile(self.has_line, sentences))
        return line if len(own) == len(sentences) else " ".join(own)


def words(text: str) -> Words:
    """Return the words of a text in lower case, without Markdown, tags and punctuation."""
    return tuple(_WORD.findall(_bare(text).casefold()))


def blank_of(lab: NetworkLab) -> Blank:
    """Return what is the lab's own in a notebook: its blank's cells, and its questions' words."""
    return read_blank(lab.blank, tuple(each for one in lab.questions for each in one.words))


@lru_cache(maxsize=8)
def read_blank(content: bytes | None, asked: tuple[str, ...] = ()) -> Blank:
    """Return the cells of a lab's blank notebook, and `asked`, the words of its questions.

    The blank is trusted and needs no sandbox.
    """
    sources = () if content is None else blank_cells(content)
    texts = [*(source for kind, source in sources if kind == "markdown"), *asked]
    lines = [part for text in texts for line in text.splitlines() for part in _parts(line)]
    return Blank(
        texts=tuple(words(each) for each in texts),
        lines=frozenset(each for line in lines if (each := words(line))),
        code=frozenset(plain(source) for kind, source in sources if kind == "code"),
        questions=frozenset(words(each) for each in lines if _ASKING.search(_bare(each))),
    )


def _parts(line: str) -> Iterable[str]:
    return {line, *_sentences(line)}


def _sentences(line: str) -> list[str]:
    return [each for each in _SENTENCE.split(line) if each.strip()]


def _bare(text: str) -> str:
    form = unicodedata.normalize("NFKC", html.unescape(text)).replace("\u2019", "'")
    return _TAG.sub(" ", form).strip("#>*_ \t-")


def _within(part: Words, whole: Words) -> bool:
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


@lru_cache(maxsize=4_096)
def _alike(first: Words, second: Words) -> bool:
    if min(len(first), len(second)) < _PART - 1:
        return False
    if _common(first, second) * 2 < _ALIKE * (len(first) + len(second)):
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    known = set(second)
    return sum(each in known for each in first)
