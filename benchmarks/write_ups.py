"""Measures the reading of write-ups: `python -m benchmarks.write_ups [FOLDER]`.

Every PDF in the folder is read once in the sandbox, and its tables are found; then 100 are read by
two workers. Without a folder it writes a write-up with the tables of on-device-2022. Prints the
table and writes it into benchmarks/results.md. Nothing else should run.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console

from benchmarks.results_file import write_section
from grader.errors import Fault
from grader.experiments.exact import pruning
from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab
from grader.sandbox.start import best_isolation
from grader.writeup.read import read_pdf
from grader.writeup.tables import read_tables
from tests.writeup.pdfs import pdf, text
from tests.writeup.table_pdf import drawn_table

LAB = "on-device-2022"
CLASS, WORKERS = 100, 2
WORDS = "We ran the same network on the board and compare it with the results of the earlier lab. "


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The seconds of one write-up, median and largest, of a class, and a child's peak in bytes."""

    files: int
    median: float
    largest: float
    of_class: float
    memory: int


def lab() -> WriteUpLab:
    """The lab whose tables are searched."""
    found = load_lab(LAB)
    assert isinstance(found, WriteUpLab)
    return found


def read(path: Path) -> float:
    """Read one write-up with its tables; return the seconds. A file that is refused counts too."""
    started = time.perf_counter()
    try:
        document = read_pdf(path, path.name, best_isolation())
        for table in lab().tables:
            read_tables(document, table)
    except Fault as fault:
        print(f"{path.name}: {fault.reason}", file=sys.stderr)
    return time.perf_counter() - started


def measure(paths: Sequence[Path]) -> Reading:
    """Read each file once, one after the other, then a class of them."""
    best_isolation()  # it tries the sandbox once
    seconds = [read(each) for each in paths]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    started = time.perf_counter()
    with ProcessPoolExecutor(WORKERS) as workers:
        list(workers.map(read, islice(cycle(paths), CLASS)))
    return Reading(
        files=len(paths),
        median=statistics.median(seconds),
        largest=max(seconds),
        of_class=time.perf_counter() - started,
        memory=memory,
    )


def made_up(path: Path) -> Path:
    """Write a write-up of five pages: the two tables in three parts, and text."""
    experiment = lab().experiment
    assert experiment is not None
    quantization = [
        ("Q", "dtype", "Size (MB)", "Accuracy", "Latency B1", "B64"),
        ("--", "float32", "5.885", "0.9756", "2.41 ms", "21.3 ms"),
        ("D", "float16", "N/A", "N/A", "N/A", "N/A"),
        ("D", "qint8", "1.481", "0.9753", "1.12 ms", "14.9 ms"),
        ("S", "qint8", "1.483", "0.9740", "0.88 ms", "9.7 ms"),
    ]
    steps = [("Iteration", "Sparsity (%)", "Accuracy", "Latency (s)", "Disk Size (MB)")]
    steps += [
        (str(each.iteration), f"{100 * each.sparsity:.2f}", "0.9702", "0.0021", "5.885")
        for each in pruning(experiment)
    ]
    discussion = text(*[WORDS] * 40)
    path.write_bytes(
        pdf(
            text("We use a Raspberry Pi 4 with Ubuntu 22.04.", WORDS),
            drawn_table(quantization),
            drawn_table(steps),
            drawn_table(steps),
            discussion,
        )
    )
    return path


def table(found: Reading) -> str:
    """The section of results.md."""
    head = ("files", "one: median", "one: largest", f"{CLASS} with {WORKERS} workers", "a child")
    cells = (
        str(found.files),
        f"{found.median:.2f} s",
        f"{found.largest:.2f} s",
        f"{found.of_class:.1f} s",
        f"{found.memory / 1e9:.2f} GB",
    )
    return "\n".join(
        [
            "## Write-ups",
            "",
            f"`python -m benchmarks.write_ups`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} "
            "cores: a PDF is read in the sandbox, and the lab's tables are found. Goals: 1 s for "
            f"one, 60 s for {CLASS}, below 1 GB in a child.",
            "",
            *(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), cells)),
            "",
        ]
    )


def main() -> None:
    """Measure the PDFs of the folder that is given, or one that is made."""
    with tempfile.TemporaryDirectory() as folder:
        if sys.argv[1:]:
            paths = sorted(Path(sys.argv[1]).resolve().glob("*.pdf"))
        else:
            paths = [made_up(Path(folder) / "report.pdf")]
        if not paths:
            sys.exit(f"{sys.argv[1]} has no PDF.")
        written = table(measure(paths))
    write_section(written)
    Console().print(written, markup=False, highlight=False)


if __name__ == "__main__":
    main()
