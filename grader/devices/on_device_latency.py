"""Measures the latency of a program per input; sent to a device and run by its Python.

`on_device_latency.py PROGRAM BESIDE RUNS THREADS`. It needs only the executorch wheel, and
prints what `xnn_executor_runner --latency --beside` prints: its last line is JSON with `runtime`,
`threads`, `warm_up`, and the milliseconds of each run of the `program` and of the one `beside` it.
Exit code 3: no executorch.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

WARM_UP = 10
NO_RUNTIME = 3


def main() -> None:
    """Time the two programs alternately, so that a slower clock affects both."""
    programs = [Path(name).read_bytes() for name in sys.argv[1:3]]
    runs, threads = int(sys.argv[3]), int(sys.argv[4])
    try:
        # Here, since a device may lack them: that is told by the exit code.
        import torch
        from executorch.extension.pybindings import _portable_lib as runtime
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(NO_RUNTIME)
    torch.set_num_threads(1)
    runtime._unsafe_reset_threadpool(threads)
    methods = [_Loaded(runtime, torch, program) for program in programs]
    # Time on the processor does not count the waiting on a busy device, but it adds up all threads.
    clock = time.process_time if threads == 1 else time.perf_counter
    spent: list[list[float]] = [[], []]
    for _ in range(WARM_UP + runs):
        for times, method in zip(spent, methods, strict=True):
            started = clock()
            method.run(method.inputs)
            times.append((clock() - started) * 1e3)
    answer = {
        "runtime": "executorch",
        "threads": threads,
        "warm_up": WARM_UP,
        "program": spent[0][WARM_UP:],
        "beside": spent[1][WARM_UP:],
    }
    sys.stdout.write(json.dumps(answer) + "\n")


class _Loaded:
    """A method that keeps its program alive, which the method of the runtime does not.

    `inputs` has the shape that the program takes: one image, or a batch of an experiment.
    """

    def __init__(self, runtime: Any, torch: Any, content: bytes) -> None:
        self._content = content
        self._program = runtime._load_program_from_buffer(content)
        shape = self._program.method_meta("forward").input_tensor_meta(0).sizes()
        self.inputs = [torch.zeros(*shape)]
        self.run = self._program.load_method("forward")


if __name__ == "__main__":
    main()
