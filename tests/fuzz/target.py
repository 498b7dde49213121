"""What is fuzzed: inputs made by a strategy, and what must hold of every one of them."""

import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.places import ROOT

FOUND = Path(__file__).parent / "found"
KEPT = ROOT / "build" / "fuzz"

# The suite tries the same inputs in every run, so that a change is to blame for what fails there;
# new ones are `make fuzz`'s to find. No health check: a busy machine is slow, not wrong.
_SUITE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,  # an input of 100 kB is kept in a file, not printed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader of hostile bytes.

    `check` is given an input and an empty folder, and raises for what must not happen. `inputs`
    makes the strategy, which may first have to build a network; the suite tries so many `examples`
    of it. `missing` says why this machine cannot run it, if so.
    """

    name: str
    inputs: Callable[[], st.SearchStrategy[bytes]]
    check: Callable[[bytes, Path], None]
    examples: int
    missing: Callable[[], str | None] = lambda: None


def try_once(target: Target, content: bytes) -> None:
    """Check one input. What fails is kept below `build/fuzz/`, a file for each way to fail."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            target.check(content, Path(folder))
        except Exception as error:  # whatever it is, its input must not be lost
            path = _keep(target, content, error)
            error.add_note(f"Try it again with: python -m tests.fuzz --again {path}")
            raise


def try_many(target: Target, profile: settings) -> int:
    """Check as many inputs as `profile` says, and count them.

    Raises what the simplest input that fails raises.
    """
    tried = 0

    @profile
    @given(target.inputs())
    def attack(content: bytes) -> None:
        nonlocal tried
        tried += 1
        try_once(target, content)

    attack()
    return tried


def suite_profile(target: Target) -> settings:
    """The same few inputs every time."""
    return settings(_SUITE, max_examples=target.examples)


def long_profile(target: Target) -> settings:
    """As many, others every time, and first those that failed before."""
    database = DirectoryBasedExampleDatabase(KEPT / "examples" / target.name)
    return settings(_SUITE, derandomize=False, database=database, max_examples=target.examples)


def _keep(target: Target, content: bytes, error: Exception) -> Path:
    """Write the input down under the place where it failed; a later, simpler one takes over."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    cause = f"{type(error).__name__}-{Path(frame.filename).stem}-{frame.lineno}"
    path = KEPT / target.name / cause
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
