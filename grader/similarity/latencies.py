"""Find write-ups whose tables have the same latencies in many rows."""

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from grader.evidence import ids
from grader.evidence.write_up import CellEvidence, TableEvidence
from grader.labs.write_up_lab import WriteUpLab
from grader.similarity.groups import Pair, Students, common, pairs_of, split
from grader.types import Report
from grader.writeup.cell import read_value

ROWS = 3  # with an equal latency: in fewer rows two boards may agree
BY_CHANCE = 1e-6  # pairs of a class of 100 that may agree so often: a few thousand pairs
SPREAD = 0.1  # of a latency: two boards of one kind differ by about so much
PICOSECONDS = 1e12  # of a second
MANY = 8  # values of a column, from which the column itself shows how often two are equal

Place = tuple[str, str, str]  # the table's measurement, the column and the row


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLatencies:
    """Equal latencies of two write-ups: `cells` of `of`, in `rows` rows; by chance `expected`."""

    cells: int
    of: int
    rows: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeLatencies:
    """The pairs with many equal latencies, and the groups that share a table."""

    pairs: Mapping[Pair, SharedLatencies]
    groups: tuple[Students, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Latency:
    """A latency in ps, so that equal ones in two units are equal numbers.

    `chance` is that of another one equal to it, by its digits alone.
    """

    number: int
    deviation: int | None
    chance: float

    def equals(self, other: "_Latency") -> bool:
        """True if the numbers and, where both have one, the deviations are equal."""
        if self.number != other.number:
            return False
        return self.deviation in (None, other.deviation) or other.deviation is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The latencies of one write-up by place, and how often each is in its column."""

    latencies: Mapping[Place, _Latency]
    columns: Mapping[tuple[str, str], Counter[int]]

    def without(self, common_to_many: Container[tuple[Place, int]]) -> "_Read":
        """Return the same write-up without these latencies at these places."""
        rest = {
            place: each
            for place, each in self.latencies.items()
            if (place, each.number) not in common_to_many
        }
        return replace(self, latencies=rest)

    def share(self, place: Place, number: int) -> float:
        """Return the fraction of the values of the place's column that are `number`."""
        values = self.columns[place[:2]]
        many = values.total()
        return values[number] / many if many >= MANY else 0.0


def alike_latencies(reports: Sequence[Report], lab: WriteUpLab) -> AlikeLatencies:
    """Find the write-ups that share more latencies than rounding and chance explain."""
    students = [each.submission.id for each in reports]
    read = [_read(each, lab) for each in reports]
    shared: dict[tuple[int, int], SharedLatencies] = {}
    alike = np.zeros((len(reports), len(reports)), np.bool_)
    for first, second in combinations(range(len(reports)), 2):
        found = _shared(read[first], read[second])
        if found.rows >= ROWS and _tail(found) < BY_CHANCE:
            shared[first, second] = found
            alike[first, second] = alike[second, first] = True
    rare, groups = split(alike, common(len(reports)))
    pairs = {at: shared[at] for at in pairs_of(rare)}
    for group in groups:
        pairs |= dict(_inside([int(member) for member in group], read, common(len(reports))))
    return AlikeLatencies(
        pairs={(students[a], students[b]): found for (a, b), found in pairs.items()},
        groups=tuple(tuple(students[int(member)] for member in each) for each in groups),
    )


def _inside(
    group: Sequence[int], read: Sequence[_Read], most: int
) -> Iterator[tuple[tuple[int, int], SharedLatencies]]:
    """Yield the pairs inside a group that share latencies which few others of it have."""
    often = Counter(
        (place, each.number) for at in group for place, each in read[at].latencies.items()
    )
    rest = {
        at: read[at].without({each for each, many in often.items() if many > most + 1})
        for at in group
    }
    for first, second in combinations(sorted(group), 2):
        found = _shared(rest[first], rest[second])
        if found.rows >= ROWS and _tail(found) < BY_CHANCE:
            yield (first, second), found


def _read(report: Report, lab: WriteUpLab) -> _Read:
    latencies = dict(_latencies(report, lab))
    columns: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for (table, column, _), latency in latencies.items():
        columns[table, column][latency.number] += 1
    return _Read(latencies=latencies, columns=columns)


def _latencies(report: Report, lab: WriteUpLab) -> Iterator[tuple[Place, _Latency]]:
    for table in lab.tables:
        times = {each.id for each in table.columns if each.cell == "time"}
        variants: Sequence[str | None] = [each.id for each in table.variants] or [None]
        for id in (ids.table_id(table.id, variant) for variant in variants):
            for cell in TableEvidence.read(report.measurement(id)).cells:
                latency = _latency(cell) if cell.column in times else None
                if latency is not None:
                    yield (id, cell.column, cell.row), latency


def _latency(cell: CellEvidence) -> _Latency | None:
    """Return the latency of a cell, None if it has no value other than zero."""
    written = None if cell.text is None else read_value(cell.text)
    if cell.number is None or not written or not written.number:
        return None
    chance = min(1.0, written.step / (SPREAD * abs(written.number)))
    if written.deviation:
        chance *= min(1.0, written.step / written.deviation)
    deviation = None if cell.deviation is None else round(cell.deviation * PICOSECONDS)
    return _Latency(number=round(cell.number * PICOSECONDS), deviation=deviation, chance=chance)


def _shared(one: _Read, other: _Read) -> SharedLatencies:
    both = one.latencies.keys() & other.latencies.keys()
    pairs = [(place, one.latencies[place], other.latencies[place]) for place in both]
    equal = [place for place, mine, theirs in pairs if mine.equals(theirs)]
    rows = len({(table, row) for table, _, row in equal})
    if rows < ROWS:
        return SharedLatencies(cells=len(equal), of=len(both), rows=rows, expected=math.inf)
    expected = sum(
        max(other.share(place, mine.number), mine.chance, theirs.chance)
        for place, mine, theirs in pairs
    )
    return SharedLatencies(cells=len(equal), of=len(both), rows=rows, expected=expected)


def _tail(found: SharedLatencies) -> float:
    """Return a bound on the chance of so many equal cells (Chernoff's, of a Poisson number)."""
    if found.cells <= found.expected:
        return 1.0
    ratio = found.expected / found.cells
    return math.exp(found.cells * (1 + math.log(ratio)) - found.expected) if ratio else 0.0
