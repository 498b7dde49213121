"""The grader's own command line over the stages of `tests.fake_stages`, made to suffer on demand.

Its own store, its own spawned workers, its own results. Every process of it imports this module,
and what befalls them is said by the environment: DEATH, a `Death`; CLOCK, by which the wall clock
goes back at every look; VERSION, the grader's.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from types import FrameType
from typing import Any, Self

import grader.batch.measure
import grader.commands.grade
import grader.pipeline
import grader.results.scored
from grader import cli
from tests.fake_stages import STAGES

DEATH, CLOCK, VERSION = "DEATH", "CLOCK", "VERSION"
SECONDS_TO_LIVE = 120

# Every phase of a batch, in its order, and the functions whose lines are its moments.
PHASES: Mapping[str, frozenset[str]] = {
    "starting": frozenset({"grading.grade", "grading._conditions", "sources.find_sources"}),
    "opening the store": frozenset(
        {"store.Store.open", "store._lock", "store._prepare", "store._on_connect"}
    ),
    "clearing scratch": frozenset({"folder.scratch", "shutil.rmtree", "shutil._rmtree_safe_fd"}),
    "hashing": frozenset({"sources.identify", "sources._sha256", "fingerprint.fingerprint"}),
    "looking up": frozenset({"measure.grade_batch", "measure._Run.found", "store.Store.measured"}),
    "handing out": frozenset({"workers.Workers.run", "workers._Pool.__init__"})
    | {"workers._Pool.run", "workers._Pool.__exit__"},
    "in a worker": frozenset({"workers._start", "workers._run", "workers._send"}),
    "measuring": frozenset({"fake_stages.measure", "fake_stages._note", "fake_stages._accuracy"}),
    "saving": frozenset(
        {"measure._Run._saved", "store.Store.save", "store._row", "store._columns"}
    ),
    "timing": frozenset({"fake_stages.time_"}),
    "rendering": frozenset(
        {"scored.reports_of", "json.render", "csv.render", "class_page.index", "feedback.page"}
    ),
    "writing": frozenset({"write.write_results", "folder.write_file", "files.replace_file"})
    | {"files.whole_file", "files._claimed", "files._held", "pathlib.Path.write_bytes"},
}
IN_A_WORKER = frozenset({"in a worker", "measuring", "timing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """SIGKILL at the `moment`-th line of a phase that any process of the batch comes to.

    `victim` is `self`, `parent` (the worker's, whatever that is about just then) or `group`. In
    the folder `moments` a file for each phase grows by a byte with each of its lines, so that all
    processes count as one; a batch without a `phase` to die in is only counted.
    """

    moments: Path
    phase: str = ""
    moment: int = 0
    victim: str = "self"

    def __str__(self) -> str:
        return f"{self.victim} killed at line {self.moment} of {self.phase}"

    @property
    def came(self) -> bool:
        """True if the batch reached that line."""
        return self.counted()[self.phase] >= self.moment

    def counted(self) -> dict[str, int]:
        """Return how many lines of each phase were run."""
        return {phase: (self.moments / phase).stat().st_size for phase in PHASES}

    def to_environment(self) -> dict[str, str]:
        """Return the arguments to start the grader with."""
        self.moments.mkdir()
        return {DEATH: json.dumps([str(self.moments), self.phase, self.moment, self.victim])}

    @classmethod
    def from_environment(cls, said: str) -> Self:
        """Return the arguments that the grader was started with."""
        moments, phase, moment, victim = json.loads(said)
        return cls(moments=Path(moments), phase=phase, moment=moment, victim=victim)

    def await_(self) -> None:
        """Look at every line that this process is about to run, in every thread, from here on."""
        flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
        files = {phase: os.open(self.moments / phase, flags) for phase in PHASES}
        phases = {place: phase for phase, places in PHASES.items() for place in places}
        names = {place.partition(".")[2] for place in phases}
        lines = {phase: partial(self._line, phase, file) for phase, file in files.items()}

        def enter(frame: FrameType, _: str, __: object) -> _Tracer | None:
            code = frame.f_code
            if code.co_qualname not in names:  # nearly every call: no more may be spent on it
                return None
            return lines.get(phases.get(f"{Path(code.co_filename).stem}.{code.co_qualname}", ""))

        threading.settrace(enter)
        sys.settrace(enter)

    def _line(self, phase: str, file: int, _: FrameType, event: str, __: object) -> "_Tracer":
        if event == "line":
            os.write(file, b".")
            place = os.lseek(file, 0, os.SEEK_CUR)  # no other writer gets the same
            if (phase, place) == (self.phase, self.moment):
                self._strike()
        return partial(self._line, phase, file)

    def _strike(self) -> None:
        match self.victim:
            case "self":
                os.kill(os.getpid(), signal.SIGKILL)
            case "parent":
                os.kill(os.getppid(), signal.SIGKILL)
            case "group":
                os.killpg(0, signal.SIGKILL)


_Tracer = Callable[[FrameType, str, Any], Any]


class _GoingBack(datetime):
    """A wall clock that is set back at every look at it."""

    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        cls.looks += 1
        return super().now(tz) - timedelta(hours=cls.looks)


def _set_clock_back() -> None:
    for module in (grader.pipeline, grader.results.scored):
        vars(module)["datetime"] = _GoingBack
    time.time = lambda: _GoingBack.now().timestamp()
    time.time_ns = lambda: int(time.time() * 1e9)


def _befall() -> None:
    """Let happen to this process what the environment says."""
    if os.environ.get(CLOCK):
        _set_clock_back()
    if version := os.environ.get(VERSION):
        vars(grader.pipeline).update(__version__=version, MEASUREMENTS_VERSION=version)
    if said := os.environ.get(DEATH):
        Death.from_environment(said).await_()


def _become(arguments: list[str], environment: dict[str, str], output: int) -> None:
    """The grader, as a shell would start it, in a process group of its own."""
    os.setsid()
    for standard in (1, 2):
        os.dup2(output, standard)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(environment)
    sys.argv = ["grader", *arguments]
    _befall()
    cli.run()


def _serve() -> None:
    """Be a grader for every line of the input, and answer each with its status and its words.

    Its words end when its last worker is gone, since all hold the pipe they are read from.
    """
    ensure_running()  # here, or a group that is killed leaves its semaphores behind for good
    _say("ready")
    for line in sys.stdin:
        output, end = os.pipe()
        grader = os.fork()
        if grader == 0:
            os.close(output)
            arguments, environment = json.loads(line)
            _become(arguments, environment, end)
            sys.exit(0)
        os.close(end)
        # What has not ended by then never will: that no process is left is what is looked for.
        last_hour = threading.Timer(SECONDS_TO_LIVE, os.killpg, (grader, signal.SIGKILL))
        last_hour.start()
        with os.fdopen(output, encoding="utf-8") as said:
            words = said.read()
        hung = not last_hour.is_alive()
        last_hour.cancel()
        _, status = os.waitpid(grader, 0)
        answer = "hung" if hung else os.waitstatus_to_exitcode(status)
        _say(json.dumps([answer, words]))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__mp_main__":  # a worker
    _befall()
elif __name__ == "__main__":
    # A fork of what has imported all this takes a second less than a new Python.
    import grader.batch.store
    import grader.results.write
    from grader.report.charts import score_plot as plot

    vars(plot)["script"] = str  # the real one takes seconds
    vars(grader.commands.grade)["Plan"] = partial(grader.batch.measure.Plan, stages=STAGES)
    os.environ["PATH"] = ""  # nowhere is bubblewrap: fakes need not be kept in it
    _serve()
