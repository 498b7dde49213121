"""Runs one checkpoint on all test images in the lab's loop, other engines, or this grader.

    python -m benchmarks.engines NAME CHECKPOINT TEST_BATCH ANSWERS

Runs one engine in this process and writes its classes and seconds to ANSWERS (.npz). The seconds
start with the checkpoint on disk and end with every image's class; imports are not included. Other
engines use this grader's preprocessing, which is fifteen times as fast as the lab's. The checkpoint
is unpickled as in the lab: use only files that you trust.
"""

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from benchmarks.lab_loop import Batch, answers
from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import Pixels
from grader.inference.preprocess import batches, preprocess
from grader.types import Role, Submission, SubmittedFile

if TYPE_CHECKING:
    from grader.evaluators.registry import UnpackedSubmission

Classes = NDArray[np.int64]
THREADS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The seconds of each step of one engine, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the body of the `with` block."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def load(checkpoint: Path) -> nn.Module:
    """The checkpoint's own module, as the lab loads it."""
    module = torch.load(checkpoint, map_location="cpu", weights_only=False)
    assert isinstance(module, nn.Module)
    return module.eval().requires_grad_(False)


def lab_loop(checkpoint: Path, data: Path, steps: Steps) -> Classes:
    """PIL transforms, a DataLoader with batch 64 and no workers, eager."""
    with steps.step("the loop"):
        return answers(checkpoint, Batch(data))


def eager(checkpoint: Path, data: Path, steps: Steps) -> Classes:
    """PyTorch, channels last, at the fastest batch size; choosing it is not timed."""
    pixels, _ = CIFAR10.read(CIFAR10.verify(data))
    module = load(checkpoint).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it

    def run(part: Pixels, batch: int) -> Classes:
        found = []
        with torch.inference_mode():
            for _, images in batches(part, batch):
                prepared = preprocess(images, CIFAR10.preprocessing).contiguous(
                    memory_format=torch.channels_last
                )
                found.append(module(prepared).argmax(dim=1).numpy())
        return np.concatenate(found)

    quickest, best = np.inf, 1
    for batch in (1, 2, 4, 8, 16, 32, 64):
        run(pixels[:64], batch)
        started = time.perf_counter()
        run(pixels[:256], batch)
        if (spent := time.perf_counter() - started) < quickest:
            quickest, best = spent, batch
    with steps.step(f"batch {best}"):
        return run(pixels, best)


def onnx_runtime(checkpoint: Path, data: Path, steps: Steps) -> Classes:
    """ONNX Runtime on the CPU with all graph optimisations, batch 8."""
    import onnxruntime

    pixels, _ = CIFAR10.read(CIFAR10.verify(data))
    module = load(checkpoint)
    with steps.step("export"), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        example = torch.zeros(8, 3, 224, 224)
        torch.onnx.export(module, (example,), file, dynamo=False, input_names=["images"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    with steps.step("pass"):
        found = []
        for _, part in batches(pixels, 8):
            images = np.zeros((8, 3, 224, 224), np.float32)
            images[: len(part)] = preprocess(part, CIFAR10.preprocessing).numpy()
            (logits,) = session.run(None, {"images": images})
            found.append(logits[: len(part)].argmax(axis=1))
    return np.concatenate(found)


def openvino(checkpoint: Path, data: Path, steps: Steps) -> Classes:
    """OpenVINO in fp32, throughput mode, batch 1, its own number of streams."""
    import openvino as ov

    pixels, _ = CIFAR10.read(CIFAR10.verify(data))
    module = load(checkpoint)
    classes = np.zeros(len(pixels), np.int64)
    with steps.step("conversion"):
        model = ov.convert_model(module, example_input=torch.zeros(1, 3, 224, 224))
        model.reshape([1, 3, 224, 224])
        hints = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
        compiled = ov.Core().compile_model(model, "CPU", hints)
    with steps.step("pass"):
        queue = ov.AsyncInferQueue(compiled)

        def keep(request: "ov.InferRequest", number: int) -> None:
            classes[number] = request.get_output_tensor().data.argmax()

        queue.set_callback(keep)
        for start, part in batches(pixels, 8):
            for offset, image in enumerate(preprocess(part, CIFAR10.preprocessing).numpy()):
                queue.start_async(image[None], userdata=start + offset)
        queue.wait_all()
    return classes


def this_grader(checkpoint: Path, data: Path, steps: Steps) -> Classes:
    """The work of `grader grade` for both accuracies of one hand-in, including the sandbox."""
    from grader.evaluators.lineage import rebuild_submission

    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(1) as beside:
        with steps.step("read and rebuild"):
            lineage = rebuild_submission(unpacked(checkpoint, Path(work)), CIFAR10.verify(data))
        compared, rebuilt = beside.submit(lineage.measure), lineage.rebuilt
        with steps.step("export"):
            _ = rebuilt.program
        with steps.step("pass"):
            _ = rebuilt.program_logits
        with steps.step("guard"):
            classes = rebuilt.decided.classes
            compared.result()
            return classes


def unpacked(checkpoint: Path, work: Path) -> "UnpackedSubmission":
    """A hand-in of this checkpoint alone, in the default lab."""
    from grader.evaluators.hidden_draw import new_secret
    from grader.evaluators.registry import UnpackedSubmission
    from grader.labs.kinds import network_lab
    from grader.sandbox.start import best_isolation

    content = checkpoint.read_bytes()
    file = SubmittedFile(
        role=Role.CHECKPOINT,
        name=checkpoint.name,
        path=checkpoint,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return UnpackedSubmission(
        submission=Submission(id="1", source=checkpoint, sha256=file.sha256, files=(file,)),
        lab=network_lab(),
        isolation=best_isolation(),
        threads=THREADS,
        work=work,
        watch=lambda _step, _done, _of: None,
        secret=new_secret(),
    )


Engine = Callable[[Path, Path, Steps], Classes]

ENGINES: Mapping[str, Engine] = {
    "the lab's loop": lab_loop,
    "eager, channels last": eager,
    "ONNX Runtime": onnx_runtime,
    "OpenVINO": openvino,
    "this grader": this_grader,
}


def main() -> None:
    """Run one engine."""
    name, checkpoint, data, into = sys.argv[1:]
    steps = Steps()
    classes = ENGINES[name](Path(checkpoint), Path(data), steps)
    named = {f"seconds {step}": np.array(spent) for step, spent in steps.seconds.items()}
    np.savez(into, allow_pickle=False, classes=classes, **named)


if __name__ == "__main__":
    main()
