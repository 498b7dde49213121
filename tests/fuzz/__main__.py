"""Fuzzes for some minutes: `python -m tests.fuzz [--minutes 10] [TARGET…]`.

Every input that fails is kept below `build/fuzz/<target>/`, one for each place where it fails, and
is tried first the next time. `--again FILE` tries one such file once more.
"""

import argparse
import sys
from pathlib import Path

from tests.fuzz.long import survives
from tests.fuzz.target import try_once
from tests.fuzz.targets import TARGETS, by_name


def main() -> int:
    """How many targets failed."""
    names = [target.name for target in TARGETS]
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    arguments.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(names))
    arguments.add_argument("--minutes", type=float, default=10, help="for all targets together")
    arguments.add_argument("--again", type=Path, metavar="FILE", help="an input that was kept")
    chosen = arguments.parse_args()
    if chosen.again is not None:
        try_once(by_name(chosen.again.absolute().parent.name), chosen.again.read_bytes())
        return 0
    if unknown := set(chosen.targets) - set(names):
        arguments.error(f"no target {', '.join(sorted(unknown))}")
    targets = [by_name(name) for name in chosen.targets or names]
    return sum(not survives(each, 60 * chosen.minutes / len(targets)) for each in targets)


if __name__ == "__main__":
    sys.exit(main())
