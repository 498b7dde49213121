"""A lab whose hand-ins are write-ups: one PDF each."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from grader.labs.hand_in_limits import ArchiveLimits
from grader.labs.question import Positive
from grader.labs.spec import LabSpec


class WriteUpLimits(ArchiveLimits):
    """The limits on a hand-in with a write-up: also the size of the PDF, in bytes."""

    pdf_bytes: Positive


class WriteUpLab(LabSpec):
    """A lab whose hand-ins are write-ups. It has no formula, and nothing of a hand-in runs."""

    kind: Literal["write-up"]
    limits: WriteUpLimits

    @classmethod
    def faults_of_parts(cls, parts: Mapping[str, Any]) -> Iterator[str]:
        """Yield the faults between those parts of the lab that are in `parts`."""
        yield from super().faults_of_parts(parts)
        for item in parts.get("items", ()):
            if item.kind == "formula":
                yield f"items: {item.id} is of kind formula, which a lab of write-ups does not have"
