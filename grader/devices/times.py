"""Reads and validates the times that a device measured: a line of JSON."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import HarnessError
from grader.evidence.latency import Timing
from grader.inference.timing import Timed, timing

Milliseconds = Annotated[float, Field(gt=0, lt=1e7, allow_inf_nan=False)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    threads: Annotated[int, Field(ge=1)]
    warm_up: Annotated[int, Field(ge=0)]
    program: Annotated[list[Milliseconds], Field(min_length=1, max_length=10_000)]
    beside: Annotated[list[Milliseconds], Field(min_length=1, max_length=10_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds of each run of a program, and of the unpruned network's runs between them.

    `by` names the program that measured: the device's own `runner`, or its `executorch`.
    """

    by: str
    threads: int
    warm_up: int
    program: tuple[float, ...]
    unpruned: tuple[float, ...]

    @property
    def latency(self) -> Timing:
        """The percentiles, the spreads and the speed-up, in milliseconds."""
        timed = Timed(pruned=np.array(self.program), unpruned=np.array(self.unpruned))
        return timing(self.threads, timed)


def read_times(output: bytes, by: str, device: str) -> Times:
    """Return the times in the last line of `output` that is JSON.

    Raises `HarnessError` if no line is, or its times are not valid.
    """
    lines = output.decode("utf-8", "replace").splitlines()
    line = next((each for each in reversed(lines) if each.startswith("{")), None)
    if line is None:
        raise HarnessError(f"{by} on {device} printed no line of JSON with times.")
    try:
        found = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise HarnessError(f"{by} on {device} printed JSON with invalid times: {what}.") from None
    if len(found.program) != len(found.beside):
        raise HarnessError(
            f"{by} on {device} ran the program and the unpruned one different numbers of times."
        )
    return Times(
        by=by,
        threads=found.threads,
        warm_up=found.warm_up,
        program=tuple(found.program),
        unpruned=tuple(found.beside),
    )
