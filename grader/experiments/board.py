"""Times the experiment's ExecuTorch programs on a device, which needs no PyTorch of its own."""

import hashlib
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.session import Programs, Timing, time_program
from grader.errors import GraderError, Skip
from grader.experiments.latency import MEASUREMENTS, MOST_DEVIATION
from grader.experiments.parts import board_engine
from grader.experiments.record import Latency

MILLISECOND = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A device of the pool. It times on one thread."""

    spec: DeviceSpec

    @property
    def engine(self) -> str:
        """The engine of the board's rows, with its name."""
        return board_engine(self.spec.name)

    def check(self) -> None:
        """Connect once, before hours of work. Raises `GraderError` and `ConnectionLost`."""
        with connect(self.spec):
            pass

    def latency(self, program: bytes, beside: bytes, batch: int, runs: int) -> Latency:
        """Time a program for batches of `batch` images, in turn with the one `beside` it.

        As on this machine it is measured again, at most `MEASUREMENTS` times in all, until its
        deviation is at most a tenth of its mean. Raises `GraderError`, also if the device has no
        ExecuTorch, `ConnectionLost` and `HarnessError`.
        """
        with tempfile.TemporaryDirectory(prefix="grader-") as folder:
            paths = Path(folder, "program.pte"), Path(folder, "beside.pte")
            for path, content in zip(paths, (program, beside), strict=True):
                path.write_bytes(content)
            programs = Programs(
                program=paths[0],
                unpruned=paths[1],
                unpruned_sha256=hashlib.sha256(beside).hexdigest(),
            )
            found = []
            for _ in range(MEASUREMENTS):
                times = self._timed(programs).times.program
                found.append(latency_of(times, batch, runs))
                if found[-1].steady:
                    break
        return min(found, key=lambda each: each.deviation / each.mean)

    def _timed(self, programs: Programs) -> Timing:
        """Time with the device's Python, whose script takes programs for inputs of any shape.

        The device's own runner is used where the Python has no ExecuTorch.
        """
        try:
            with connect(self.spec.model_copy(update={"runner": None})) as connection:
                return time_program(connection, programs)
        except Skip as skip:
            if self.spec.runner is None:
                raise GraderError(str(skip), help=skip.help) from skip
        with connect(self.spec) as connection:
            return time_program(connection, programs)


def latency_of(milliseconds: Sequence[float], batch: int, runs: int) -> Latency:
    """Return the latency from the times of single passes: each of `runs` is a mean of several.

    There are at least two times. With fewer times than `runs`, each is a run.
    """
    size = max(1, len(milliseconds) // runs)
    parts = [
        statistics.mean(milliseconds[start : start + size])
        for start in range(0, len(milliseconds) - size + 1, size)
    ][:runs]
    mean, deviation = statistics.mean(parts), statistics.stdev(parts)
    return Latency(
        batch=batch,
        mean=mean * MILLISECOND,
        deviation=deviation * MILLISECOND,
        runs=len(parts),
        steady=deviation <= MOST_DEVIATION * mean,
    )
