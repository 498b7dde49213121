"""Tells which variant a table is, by the text above or below it.

A caption below one table may stand directly above the next: all tables of a document are looked at
together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.writeup.matcher import Matcher

_CAPTION = re.compile(r"\s*(?:tab(?:le|\.)?|fig(?:ure|\.)?)\s*\d", re.IGNORECASE)
LINES_AT_MOST = 4  # above a table or below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The lines around a table, the nearest first; `page_before` are the last of that page."""

    above: tuple[str, ...]
    page_before: tuple[str, ...]
    below: tuple[str, ...]

    @property
    def title(self) -> str:
        """The nearest line above, else below; "" if there is none."""
        return next(iter((*self.above, *self.below)), "")


def variants_of(tables: Sequence[Surroundings], matcher: Matcher) -> tuple[str | None, ...]:
    """Return the variant of each table, None where the text does not tell."""
    above = [_first((*each.above, *each.page_before), matcher) for each in tables]
    below = [_first(_captions(each.below), matcher) for each in tables]
    for told in (above, below):
        if None not in told and len(set(told)) == len(told):
            return tuple(told)
    if not any(above):
        return tuple(below)
    return tuple(
        one if other in {None, one} else None for one, other in zip(above, below, strict=True)
    )


def _captions(lines: Sequence[str]) -> list[str]:
    """Return the lines that are captions: any other line below a table may be the next one's."""
    return [each for each in lines if _CAPTION.match(each)]


def _first(lines: Sequence[str], matcher: Matcher) -> str | None:
    """Return the variant that the nearest line names that names one."""
    named = (matcher.variant_in(each) for each in lines[:LINES_AT_MOST])
    return next((each for each in named if each is not None), None)
