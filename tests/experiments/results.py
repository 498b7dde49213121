"""Records of a run that nothing measured."""

from dataclasses import replace

from grader.experiments.exact import pruning
from grader.experiments.parts import WAYS
from grader.experiments.record import (
    Conditions,
    Latency,
    PruningRow,
    QuantizationRow,
    SeedResult,
)
from grader.labs.experiment import ExperimentSpec

CONDITIONS = Conditions(
    seed=0,
    threads=2,
    quick=False,
    train_images=60_000,
    test_images=10_000,
    machine="x86_64",
    system="Linux",
    processor="A processor, 2 cores",
    python="3.11",
    torch="2.13",
    grader="0",
)


def latencies(mean: float, *, steady: bool = True) -> tuple[Latency, ...]:
    """The latencies of the two batches."""
    return tuple(
        Latency(batch=batch, mean=mean * batch, deviation=0.01, runs=5, steady=steady)
        for batch in (1, 64)
    )


def seed_result(spec: ExperimentSpec, seed: int, accuracy: float) -> SeedResult:
    """A finished seed whose rows all have one accuracy, which falls in pruning."""
    rows = tuple(
        QuantizationRow(
            row=row,
            engine=engine,
            bytes=5_884_529,
            parameters=0,
            accuracy=accuracy,
            latencies=latencies(0.002),
        )
        for row, engine in (("float32", ""), ("D qint8", "fbgemm"), ("D qint8", "qnnpack"))
    )
    refused = QuantizationRow(row="D float16", engine="qnnpack", unsupported="It is a_b & 5 %.")
    steps = tuple(
        PruningRow(
            iteration=each.iteration,
            remaining=each.remaining,
            sparsity=each.sparsity,
            accuracy=accuracy / (1 + each.iteration),
            latencies=latencies(0.001, steady=each.iteration != 1),
            masked=each.masked.bytes,
            dense=each.dense.bytes,
            sparse=each.sparse.bytes,
        )
        for each in pruning(spec)
    )
    return SeedResult(
        conditions=replace(CONDITIONS, seed=seed),
        quantization=(*rows, refused),
        pruning=dict.fromkeys(WAYS, steps),
    )


def finished(spec: ExperimentSpec) -> tuple[SeedResult, ...]:
    """Three finished seeds."""
    return tuple(seed_result(spec, seed, 0.97 + seed / 100) for seed in range(3))
