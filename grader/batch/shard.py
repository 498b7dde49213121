"""A part of a class, for one of several machines."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.sources import Source, identify
from grader.labs.spec import LabSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Part `number` of `of` parts, counted from 1.

    The bytes of a hand-in decide its part, so each machine may list the files in any order.
    """

    number: int
    of: int

    def of_class(self, sources: Sequence[Path], lab: LabSpec) -> tuple[Path, ...]:
        """Return the hand-ins of this part, by student id."""
        return tuple(each.path for each in identify(sources, lab) if self._has(each))

    def _has(self, source: Source) -> bool:
        """True if a hand-in is in this part; one that cannot be read goes by its student."""
        name = source.sha256 or hashlib.sha256(source.student.encode(errors="replace")).hexdigest()
        return int(name, 16) % self.of == self.number - 1
