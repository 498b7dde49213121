"""The exceptions that stop a stage early, one for each kind of cause."""

from collections.abc import Mapping
from typing import Any, TypeVar


class GraderError(Exception):
    """The user can fix this: a path, a lab file, a missing data set.

    Printed as one line and its help, without a traceback.
    """

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


T = TypeVar("T")


def look_up(known: Mapping[str, T], name: str, what: str) -> T:
    """Return the entry called `name`. Raises `GraderError`: `what` it is, and the known names."""
    found = known.get(name)
    if found is None:
        raise GraderError(f"Unknown {what} {name!r}.", help=f"Use one of {', '.join(known)}.")
    return found


class HarnessError(Exception):
    """The grader failed, not the hand-in: the measurement becomes ERROR, never zero points."""


class Fault(Exception):
    """The hand-in does not pass a check: the measurement becomes FAILED.

    `expected` and `actual` are shown side by side, for reasons that are a comparison.
    """

    def __init__(
        self,
        reason: str,
        *,
        help: str,
        expected: str | None = None,
        actual: str | None = None,
        evidence: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help
        self.expected = expected
        self.actual = actual
        self.evidence = dict(evidence or {})


class Skip(Exception):
    """A check cannot run: isolation, a device, a file or a person's judgement is missing."""

    def __init__(
        self,
        reason: str,
        *,
        help: str | None = None,
        evidence: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help
        self.evidence = dict(evidence or {})
