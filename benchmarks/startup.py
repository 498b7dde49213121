"""Times commands that measure nothing, and a Typer program of two commands for comparison.

    python -m benchmarks.startup

The commands are started in turn, `ROUNDS` times each, so that a change of the machine's speed
affects all of them; the medians are compared.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

ROUNDS = 15
TWO_COMMANDS = """
import typer
app = typer.Typer()
@app.command()
def first() -> None:
    "The first."
@app.command()
def second() -> None:
    "The second."
app()
"""
GRADER = [sys.executable, "-m", "grader"]
COMMANDS: Mapping[str, Sequence[str]] = {
    "two commands of Typer, --help": [sys.executable, "-c", TWO_COMMANDS, "--help"],
    "grader --help": [*GRADER, "--help"],
    "grader lab list": [*GRADER, "lab", "list"],
    "grader --bogus": [*GRADER, "--bogus"],
    "grader grade --bogus": [*GRADER, "grade", "--bogus"],
    "grader check --help": [*GRADER, "check", "--help"],
}


def main() -> None:
    """Print a Markdown table of medians in milliseconds, and their ratio to the first."""
    spent: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, capture_output=True, check=False)
            spent[name].append((time.perf_counter() - started) * 1e3)
    medians = {name: statistics.median(each) for name, each in spent.items()}
    first = next(iter(medians.values()))
    print("| command | ms | ratio |\n| --- | ---: | ---: |")
    for name, median in medians.items():
        print(f"| `{name}` | {median:.0f} | {median / first:.2f} |")


if __name__ == "__main__":
    main()
