"""Runs the parts of one seed: trains, quantizes, prunes, and measures each network."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from grader.experiments import prune, quantize, xnnpack_rows
from grader.experiments.board import Board
from grader.experiments.exact import prunable_weights
from grader.experiments.images import ExperimentImages
from grader.experiments.latency import latency
from grader.experiments.parts import (
    PLAIN,
    Part,
    Pruning,
    Quantizing,
    SeedFolder,
    is_board_engine,
    is_program_engine,
)
from grader.experiments.record import (
    Latency,
    PruningRow,
    QuantizationRow,
    write_record,
)
from grader.experiments.saved_size import saved_size
from grader.experiments.training import Forward, accuracy, part_seed, train, untrained
from grader.files import whole_file
from grader.labs.experiment import FLOAT32, ExperimentSpec, Quantization

INITIAL, TRAINED = "initial", "trained"


class SeedRun:
    """One seed's run. Its parts must be run in their order; each writes its record at the end.

    `board` times the programs of the parts that are the board's.
    """

    def __init__(
        self,
        spec: ExperimentSpec,
        images: ExperimentImages,
        folder: SeedFolder,
        board: Board | None = None,
    ) -> None:
        self._spec, self._images, self._folder, self._board = spec, images, folder, board
        self._pruned: tuple[Pruning, nn.Module] | None = None

    def run(self, part: Part) -> None:
        """Run one part. Raises `OSError` if its record cannot be written.

        A part of the board raises as `Board.latency` too.
        """
        if isinstance(part, Quantizing):
            write_record(part.record(self._folder), self._quantization_row(part))
        elif isinstance(part, Pruning):
            self._prune(part)
        else:
            self._train(part.seed)

    def _train(self, seed: int) -> None:
        network = untrained(self._spec, seed)
        initial = {name: value.clone() for name, value in network.state_dict().items()}
        train(network, self._images.train, self._spec, part_seed(seed, TRAINED, 0))
        _save(self._folder.trained, {INITIAL: initial, TRAINED: network.state_dict()})

    @property
    def _saved(self) -> Mapping[str, prune.State]:
        saved: Mapping[str, prune.State] = torch.load(self._folder.trained, weights_only=True)
        return saved

    def _trained(self) -> nn.Module:
        network = untrained(self._spec, 0)
        network.load_state_dict(self._saved[TRAINED])
        return network.eval()

    def _quantization_row(self, part: Quantizing) -> QuantizationRow:
        if is_program_engine(part.engine):
            return self._program_row(part)
        if part.engine == PLAIN:
            return self._torch_row(part, self._trained())
        with quantize.using(part.engine):
            try:
                network = quantize.quantized(self._trained(), part.row, self._calibration)
            except quantize.Unsupported as error:
                return QuantizationRow(row=part.row, engine=part.engine, unsupported=str(error))
            return self._torch_row(part, network)

    def _torch_row(self, part: Quantizing, network: nn.Module) -> QuantizationRow:
        return QuantizationRow(
            row=part.row,
            engine=part.engine,
            bytes=saved_size(network.state_dict()),
            parameters=sum(each.numel() for each in network.parameters()),
            accuracy=accuracy(network, self._images.test),
            latencies=self._latencies(network),
        )

    def _program_row(self, part: Quantizing) -> QuantizationRow:
        if part.row not in xnnpack_rows.IS_DYNAMIC:
            reason = f"XNNPACKQuantizer has no {part.row}."
            return QuantizationRow(row=part.row, engine=part.engine, unsupported=reason)
        programs = self._programs(part.row)
        if is_board_engine(part.engine):
            return self._board_row(part, programs)
        forwards = {batch: xnnpack_rows.forward(each, batch) for batch, each in programs.items()}
        return QuantizationRow(
            row=part.row,
            engine=part.engine,
            bytes=len(programs[min(programs)]),
            accuracy=accuracy(forwards[max(forwards)], self._images.test),
            latencies=tuple(self._latency(each, batch) for batch, each in forwards.items()),
        )

    def _programs(self, row: Quantization) -> dict[int, bytes]:
        """Return the programs of a row, by their batch sizes."""
        network = self._trained()
        return {
            batch: xnnpack_rows.program(network, row, self._calibration, batch)
            for batch in self._spec.latency_batches
        }

    def _board_row(self, part: Quantizing, programs: Mapping[int, bytes]) -> QuantizationRow:
        """Return the latencies on the board; the accuracies are those of the same programs here."""
        board = self._board
        assert board is not None
        plain = programs if part.row == FLOAT32 else self._programs(FLOAT32)
        runs = self._spec.latency_runs
        return QuantizationRow(
            row=part.row,
            engine=part.engine,
            bytes=len(programs[min(programs)]),
            latencies=tuple(
                board.latency(each, plain[batch], batch, runs) for batch, each in programs.items()
            ),
        )

    def _prune(self, part: Pruning) -> None:
        network = self._before(part)
        if part.iteration:
            prune.prune_once(network, self._spec.prune_fraction)
            if part.way == "with-rewinding":
                prune.rewind(network, self._saved[INITIAL])
            if part.way != "without-retraining":
                seed = part_seed(part.seed, part.way, part.iteration)
                train(network, self._images.train, self._spec, seed)
        plain = prune.permanent(network)
        _save(self._folder.state(part.way, part.iteration), network.state_dict())
        write_record(part.record(self._folder), self._pruning_row(part, network, plain))
        self._folder.state(part.way, part.iteration - 1).unlink(missing_ok=True)
        self._pruned = part, network

    def _before(self, part: Pruning) -> nn.Module:
        """Return the network that the iteration before left; the trained one for iteration 0."""
        if part.iteration == 0:
            network = self._trained()
            prune.prune_once(network, 0.0)
            return network
        before = Pruning(seed=part.seed, way=part.way, iteration=part.iteration - 1)
        if self._pruned is not None and self._pruned[0] == before:
            return self._pruned[1]
        network = untrained(self._spec, 0)
        path = self._folder.state(part.way, before.iteration)
        prune.restore(network, torch.load(path, weights_only=True))
        return network

    def _pruning_row(self, part: Pruning, network: nn.Module, plain: nn.Module) -> PruningRow:
        left = prune.remaining(network)
        disk = prune.disk_sizes(network, plain)
        return PruningRow(
            iteration=part.iteration,
            remaining=left,
            sparsity=1 - left / prunable_weights(self._spec),
            accuracy=accuracy(plain, self._images.test),
            latencies=self._latencies(plain),
            masked=disk.masked,
            dense=disk.dense,
            sparse=disk.sparse,
        )

    @property
    def _calibration(self) -> torch.Tensor:
        return self._images.train.inputs[: quantize.CALIBRATION_IMAGES]

    def _latencies(self, forward: Forward) -> tuple[Latency, ...]:
        return tuple(self._latency(forward, batch) for batch in self._spec.latency_batches)

    def _latency(self, forward: Forward, batch: int) -> Latency:
        return latency(forward, self._images.test.inputs[:batch].clone(), self._spec.latency_runs)


def _save(path: Path, state: object) -> None:
    with whole_file(path) as part:
        torch.save(state, part)
