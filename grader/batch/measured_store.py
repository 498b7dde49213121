"""The place where a batch keeps its measurements: a results folder's database, or records."""

from collections.abc import Iterable
from typing import Protocol

from grader.types import Measured


class MeasuredStore(Protocol):
    """Keeps what was measured of each student's hand-in, under its fingerprint."""

    def secret(self) -> bytes:
        """Return the secret, 32 bytes, that decides what is drawn for each hand-in."""

    def measured(self, student: str, fingerprint: str) -> Measured | None:
        """Return what was measured of this student's hand-in under this fingerprint, or None."""

    def all_measured(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Measured]:
        """Return the same for many, by (student, fingerprint), without those not measured."""

    def save(self, student: str, fingerprint: str, measured: Measured) -> None:
        """Replace the result of this student and fingerprint by `measured`.

        Raises `GraderError` if it cannot be written, `HarnessError` if the evidence is not JSON.
        """
