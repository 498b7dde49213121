"""A class of invented write-ups with latencies and text."""

import numpy as np

from grader.evidence.write_up import CellEvidence
from grader.types import Report
from tests.report.write_ups import cell, pdf, table, write_up

ROWS = [str(number) for number in range(21)]
WORDS = [
    *("board", "memory", "cores", "instruction", "cache", "operator", "kernel", "float"),
    *("integer", "weight", "layer", "batch", "thread", "power", "engine", "backend", "tensor"),
    *("package", "compile", "install", "network", "latency", "accuracy", "disk"),
]


def latencies(seed: int, centre: float = 0.0212) -> list[CellEvidence]:
    """The latencies of 21 iterations on one board: 4 digits, noise of 2 %."""
    chance = np.random.default_rng(seed)
    drawn = [round(float(chance.normal(centre, 0.02 * centre)), 4) for _ in ROWS]
    return [
        cell(row, "latency", f"{each:.4f}", "not compared", number=each)
        for row, each in zip(ROWS, drawn, strict=True)
    ]


def paragraph(seed: int) -> str:
    """A paragraph of a student's own: some 300 letters."""
    chance = np.random.default_rng(seed)
    return " ".join(chance.choice(WORDS, 45)).capitalize() + "."


def of(student: str, cells: list[CellEvidence], *paragraphs: str) -> Report:
    """A write-up with these latencies of pruning, and these paragraphs."""
    return write_up(student, pdf(paragraphs=paragraphs), table(*cells, id="pruning.with-rewinding"))


def different(students: int) -> list[Report]:
    """A class that measured on boards of one kind, each on its own, and wrote its own text."""
    return [
        of(f"S{number:03}", latencies(number), paragraph(number), paragraph(1000 + number))
        for number in range(students)
    ]
