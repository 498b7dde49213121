"""A long run over one target, in a process of its own that an input may well kill."""

import dataclasses
import faulthandler
import hashlib
import multiprocessing
import time
from pathlib import Path

from tests.fuzz.target import KEPT, Target, long_profile, try_many
from tests.fuzz.targets import by_name

_LONGEST_SECONDS = 300  # for one input, on a busy machine: more is a loop without end


def survives(target: Target, seconds: float) -> bool:
    """Fuzz for so long; whether nothing failed."""
    if reason := target.missing():
        say(f"{target.name}: skipped, {reason}")
        return True
    spawn = multiprocessing.get_context("spawn")  # nothing of the last target's is left
    process = spawn.Process(target=fuzz, args=(target.name, seconds))
    process.start()
    process.join()
    if (last := _running(target)).exists():
        sha256 = hashlib.sha256(last.read_bytes()).hexdigest()
        kept = last.replace(KEPT / target.name / f"killed-{sha256[:8]}")
        say(f"{target.name}: ended by its input; try it again with --again {kept}")
    return process.exitcode == 0


def fuzz(name: str, seconds: float) -> None:
    """Try inputs until the time is up; raises what the first that fails raises."""
    target = by_name(name)
    remembering = dataclasses.replace(target, check=_Remembering(target))
    ends, tried = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        tried += try_many(remembering, long_profile(target))
        say(f"{name}: {tried} inputs")


@dataclasses.dataclass(frozen=True, slots=True)
class _Remembering:
    """A target's check that leaves the input in a file for as long as it runs."""

    target: Target

    def __call__(self, content: bytes, folder: Path) -> None:
        running = _running(self.target)
        running.parent.mkdir(parents=True, exist_ok=True)
        running.write_bytes(content)
        faulthandler.dump_traceback_later(_LONGEST_SECONDS, exit=True)
        try:
            self.target.check(content, folder)
        finally:
            faulthandler.cancel_dump_traceback_later()
            running.unlink()


def _running(target: Target) -> Path:
    return KEPT / target.name / "running"


def say(line: str) -> None:
    """Print at once, for whoever watches."""
    print(line, flush=True)  # noqa: T201 - a command's output
