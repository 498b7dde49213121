"""What the sentences of a text say of the numbers in a table: ratios, changes, values, orders.

Only plain statements about this machine count. A plan, an expectation, a denial, or a number of
another machine is none, and where a sentence could mean two things nothing is taken from it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from grader.writeup.claim_words import (
    Comparison,
    Machine,
    Machines,
    comparison,
    concludes,
    introduces_other,
    is_denied,
    is_of_something_else,
    is_plan,
    superlative,
    turns,
)
from grader.writeup.placed_clause import PlacedClause, is_prose
from grader.writeup.sentences import clauses, sentences
from grader.writeup.stated import Kind, Stated, stated
from grader.writeup.table_words import SPARSITY, TableWords

ANY: frozenset[str] = frozenset()

_VALUES = (Kind.SIZE, Kind.TIME, Kind.FRACTION)
_OTHER_TIME = re.compile(
    r"\b(?:train\w*|retrain\w*|calibrat\w+|flash\w*|install\w*|boot\w*|compil\w+|download\w*"
    r"|epochs?|fine-?tun\w+|convert\w*|conversion|warm-?up|build\w*|load\w*)\b",
    re.IGNORECASE,
)
_OTHER_SIZE = re.compile(r"\b(?:RAM|memory|cache|swap|SD|SSD|GPU|card|dataset)\b", re.IGNORECASE)
_BETWEEN_TWO = re.compile(r"\b(?:from|than|compared|vs|versus|both|respectively)\b", re.IGNORECASE)
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_SIGNS = str.maketrans({"×": "x", "−": "-"})  # noqa: RUF001


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a sentence says of the rows of a table; `stated` is None for an order of rows.

    `rows` are those that it may be about, `others` those to which it may compare them; `ANY` is
    any. `less` says that the number of `rows` is the smaller one, None if nothing says it. `of_all`
    says that it is the smallest, or the largest, of all.
    """

    quote: str
    page: int
    columns: frozenset[str]
    rows: frozenset[str]
    others: frozenset[str]
    less: bool | None
    stated: Stated | None
    of_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a clause says, or what it goes on with from the clauses before it."""

    rows: frozenset[str] = ANY
    others: frozenset[str] = ANY
    columns: frozenset[str] = ANY
    compared: Comparison | None = None
    machine: Machine = Machine.UNKNOWN
    is_plan: bool = False
    names_other: bool = False
    has_numbers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReader:
    """Reads the claims about one table; a sentence that names a row of the `others` has none."""

    words: TableWords
    machines: Machines
    others: tuple[TableWords, ...] = ()

    def claims(self, paragraph: str, page: int) -> Iterator[Claim]:
        """Yield what a paragraph says, in its order."""
        machine = Machine.UNKNOWN
        for quote in sentences(paragraph):
            sentence = quote.translate(_SIGNS)
            if not is_prose(sentence) or is_of_something_else(sentence):
                continue
            if any(each.rows(sentence) for each in self.others):
                continue
            said = _Said(machine=machine)
            mentions = self.words.rows(sentence)
            for clause in clauses(sentence):
                place = PlacedClause(sentence=sentence, clause=clause, in_sentence=mentions)
                before, said = said, self._said(place, said)
                if not said.is_plan and not is_denied(clause.text):
                    for claim in (
                        *self._of_numbers(place, before, said),
                        *self._orders(place, said),
                        *self._superlatives(place),
                    ):
                        if self._is_of_this(sentence, said, claim):
                            yield replace(claim, quote=quote, page=page)
            machine = said.machine

    def _said(self, place: PlacedClause, before: _Said) -> _Said:
        """Return what a clause says, with what it leaves to the clauses before it."""
        text = place.clause.text
        others, rows = ANY, ANY
        for each in place.mentions:
            if introduces_other(place.before(each)):
                others |= each.rows
            else:
                rows |= each.rows
        named = self.machines.named(text)
        compared = comparison(text)
        columns = self.words.columns(text)
        if not columns and compared is not None and compared.kind is not None:
            columns = self.words.of_kind(compared.kind, text)
        for number in place.numbers() if not columns else ():
            if number.kind in {Kind.SIZE, Kind.TIME}:
                columns |= self.words.of_kind(number.kind, text)
        return _Said(
            rows=rows or before.rows,
            others=others or (ANY if rows else before.others),
            columns=columns or self.words.of_batch(text, before.columns),
            compared=compared or before.compared,
            machine=self._machine(named, place, before),
            names_other=before.names_other or named is Machine.OTHER,
            has_numbers=bool(place.numbers()),
            is_plan=is_plan(text) or (before.is_plan and not turns(place.clause.mark)),
        )

    def _machine(self, named: Machine, place: PlacedClause, before: _Said) -> Machine:
        """Return the machine of a clause: one that names none goes on with the clause before it.

        After two machines with their numbers, a clause may be about the difference of both.
        """
        if named is not Machine.UNKNOWN:
            return named
        is_after_both = before.names_other and before.has_numbers and bool(place.numbers())
        return Machine.OTHER if is_after_both else before.machine

    def _is_of_this(self, sentence: str, said: _Said, claim: Claim) -> bool:
        """True if a claim is about this machine; a size is the same on another one."""
        if said.machine is Machine.THIS:
            return True
        if said.machine is Machine.UNKNOWN:
            return not self._may_be_of_another(sentence)
        names_none = self.machines.named(sentence) is Machine.UNKNOWN
        return names_none and claim.columns <= self.words.of_kind("size", "")

    def _may_be_of_another(self, sentence: str) -> bool:
        """True if a sentence names another machine in a clause without a number of its own."""
        return any(
            self.machines.named(each.text) is Machine.OTHER and not any(stated(each.text))
            for each in clauses(sentence)
        )

    def _of_numbers(self, place: PlacedClause, before: _Said, said: _Said) -> Iterator[Claim]:
        text = place.clause.text
        named = self.words.batches(text)
        if not self.words.has_batches(self.words.batches(place.sentence)):
            return
        for each in place.numbers():
            if each.kind in _VALUES:
                columns = self._columns_of_value(each, text, said)
                rows = self._rows_of_value(each, place)
                if columns and rows:
                    yield _claim(columns, each, rows=rows)
            elif (said.rows or said.others or self.words.is_named(place.sentence)) and not (
                _OTHER_TIME.search(text)
                or len(named) > 1
                or (said.names_other and concludes(text[: each.start]))
            ):
                yield from self._compared(each, place, before, said)

    def _compared(
        self, number: Stated, place: PlacedClause, before: _Said, said: _Said
    ) -> Iterator[Claim]:
        """Yield the claim of a ratio, a change or a difference, if the sentence says of what."""
        text = place.clause.text
        rows, others = said.rows, said.others
        if not place.mentions and len(place.in_sentence) > 1:
            rows, others = ANY.union(*(each.rows for each in place.in_sentence)), ANY
        if number.of is not None:
            if self.words.table.variants:
                return  # it may be one between two variants
            of_kind = self.words.of_kind(number.of, text) - {SPARSITY}
            columns = (said.columns & of_kind) or of_kind
            both = rows | others
            are_two = rows and others and number.of != str(Kind.FRACTION)
            yield _claim(columns, number, rows=both, others=both if are_two else ANY)
            return
        compared = comparison(text, number.start)
        less = number.less
        if compared is None and less is None:
            compared = before.compared
        if compared is not None and less is None:
            less = compared.less
        columns = self._columns(compared, text, said)
        if number.kind is Kind.RATIO:
            columns -= self.words.of_kind("fraction", "")
        if columns and (compared or number.less is not None):
            yield _claim(columns, number, rows=rows, others=others, less=less)

    def _orders(self, place: PlacedClause, said: _Said) -> Iterator[Claim]:
        """Yield "X is faster than Y", without a number."""
        text = place.clause.text
        compared, than = comparison(text), _THAN.search(text)
        if compared is None or than is None or place.numbers() or said.rows & said.others:
            return
        named = {each for each in place.mentions if introduces_other(place.before(each))}
        own = said.columns if compared.kind or self.words.columns(text) else ANY
        columns = self._columns(compared, text, replace(said, columns=own))
        if named and said.rows and columns and compared.less is not None:
            yield _claim(columns, None, rows=said.rows, others=said.others, less=compared.less)

    def _superlatives(self, place: PlacedClause) -> Iterator[Claim]:
        """Yield "X is the fastest"."""
        text = place.clause.text
        most = superlative(text)
        if most is None or len(place.mentions) != 1 or place.numbers():
            return
        columns = self._columns(most, text, _Said(columns=self.words.columns(text)))
        if columns:
            claim = _claim(columns, None, rows=place.mentions[0].rows, less=most.less)
            yield replace(claim, of_all=True)

    def _columns(self, compared: Comparison | None, text: str, said: _Said) -> frozenset[str]:
        """Return the columns that a comparison is about."""
        if compared is None or compared.kind is None:
            return said.columns
        of_kind = self.words.of_kind(compared.kind, text)
        named = self.words.columns(text)
        if compared.kind == "size" and named and not named & of_kind:
            return named  # "a smaller latency"
        return (said.columns & of_kind) or of_kind

    def _columns_of_value(self, value: Stated, text: str, said: _Said) -> frozenset[str]:
        if value.kind is Kind.TIME and _OTHER_TIME.search(text):
            return ANY
        if value.kind is Kind.SIZE and _OTHER_SIZE.search(text):
            return ANY
        of_kind = self.words.of_kind(value.kind, text) - {SPARSITY}
        if value.kind is Kind.FRACTION:
            return said.columns & of_kind
        return (said.columns & of_kind) or of_kind

    def _rows_of_value(self, value: Stated, place: PlacedClause) -> frozenset[str]:
        """Return the rows of a value, `ANY` if something else in the sentence could be meant."""
        mentions = place.in_sentence
        places = sorted(
            each.start + clause.start
            for clause in clauses(place.sentence)
            for each in stated(clause.text)
            if each.kind is value.kind
            and not any(m.start <= each.start + clause.start < m.end for m in mentions)
        )
        if mentions and len(places) == len(mentions):
            at = places.index(value.start + place.clause.start)
            order = sorted((*places, *(each.start for each in mentions)))
            alternate = all(
                (each in places) != (after in places) for each, after in pairwise(order)
            )
            if alternate and not _BETWEEN_TWO.search(place.sentence):
                return mentions[at].rows
        return ANY


def _claim(
    columns: frozenset[str],
    number: Stated | None,
    *,
    rows: frozenset[str],
    others: frozenset[str] = ANY,
    less: bool | None = None,
) -> Claim:
    return Claim(
        quote="", page=0, columns=columns, rows=rows, others=others, less=less, stated=number
    )
