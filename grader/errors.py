"""The three ways a stage stops early, told apart by who can act on them."""

from collections.abc import Mapping

from grader.types import Json


class GraderError(Exception):
    """The person at the keyboard can fix this: a path, a lab file, a missing data set.

    Printed as one line and its help, never with a traceback.
    """

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


class HarnessError(Exception):
    """The grader failed, not the hand-in: the measurement becomes an ERROR, never a zero."""


class Fault(Exception):
    """A check's verdict against the hand-in; the measurement becomes FAILED.

    `expected` and `actual` are shown side by side where a comparison says more than a sentence.
    """

    def __init__(
        self,
        reason: str,
        *,
        help: str,
        expected: str | None = None,
        actual: str | None = None,
        evidence: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help
        self.expected = expected
        self.actual = actual
        self.evidence = dict(evidence or {})


class Skip(Exception):
    """Something this check needs is not here: isolation, a device, a file, a person's judgement."""

    def __init__(
        self,
        reason: str,
        *,
        help: str | None = None,
        evidence: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help
        self.evidence = dict(evidence or {})
