"""Writes the example hand-ins beside this file: `python submissions/make.py`.

Correct ones in both layouts, made from the reference solution, and one of each common fault. Equal
inputs give equal bytes, so running it again changes nothing.
"""

import io
import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from torch import nn

import grader.networks.mobilenet_v2.vision  # noqa: F401 - makes torchvision importable
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.rebuild import build

HERE = Path(__file__).parent
SOLUTION = HERE.parent / "reference" / "solution"
EPOCH = (1980, 1, 1, 0, 0, 0)
Files = Mapping[str, bytes]


def notebook(student: str, approach: str) -> bytes:
    """A short notebook in the lab's shape."""
    cells = [
        new_markdown_cell("# Lab 2: Prune MobileNet"),
        new_markdown_cell("## Question 1.1\n**Your Answer:** Magnitudes gather around zero."),
        new_code_cell("target_sparsity = 0.6  # 10 of 25 weights stay"),
        new_markdown_cell(f"## Describe your approach\n**Your Answer:** {approach}"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"{student}-{number}"
    text: str = nbformat.writes(new_notebook(cells=cells))
    return text.encode()


def saved(model: nn.Module) -> bytes:
    """The model as `torch.save` writes it, in eval mode as hand-ins are."""
    buffer = io.BytesIO()
    torch.save(model.eval(), buffer)
    return buffer.getvalue()


def untrained() -> nn.Module:
    """A pruned MobileNetV2 that was not trained: every MFLOPs point, no accuracy.

    It gives every image the first class, and by far: the grader would decide near ties again by
    the lab's own loop, which takes most of the time of a network with random weights.
    """
    blueprint = Blueprint(
        stem=8,
        blocks=tuple(
            Block(
                position=block.position,
                hidden=8 if block.expansion == 1 else max(4, block.hidden // 8),
                outputs=max(4, block.outputs // 8),
            )
            for block in ORIGINAL_BLOCKS
        ),
        last=160,
        classes=10,
    )
    torch.manual_seed(0)
    network = build(blueprint).to_empty(device="cpu")
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out")
        elif isinstance(layer, nn.BatchNorm2d | nn.Linear):
            layer.reset_parameters()
    network.get_parameter("classifier.1.bias").data[0] += 1000
    return network


def vgg() -> nn.Module:
    """Another network under MobileNet's name."""
    from torchvision.models import VGG

    torch.manual_seed(0)
    features = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(8))
    network: nn.Module = VGG(features, num_classes=10, init_weights=False)
    network.classifier = nn.Linear(8 * 7 * 7, 10)
    return network


class _Hostile:
    """Creates a file in the grader's folder if it is unpickled without protection."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, ("hostile-pickle-was-here.txt", "w")


def hostile() -> bytes:
    """A checkpoint that runs code when it is unpickled."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (
            ("archive/data.pkl", pickle.dumps(_Hostile(), protocol=2)),
            ("archive/version", b"3\n"),
        ):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)  # stored, as torch.save does
    return buffer.getvalue()


def _member(name: str, executable: bool = False) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o100755 if executable else 0o100644) << 16
    return info


def packed(files: Files) -> bytes:
    """The bytes of a zip of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(_member(name, name.endswith("runner")), content)
    return buffer.getvalue()


def examples() -> dict[str, bytes]:
    """The bytes of every example's zip by its student's id."""
    checkpoint = (SOLUTION / "model" / "mobilenet.pth").read_bytes()
    program = (SOLUTION / "model" / "mobilenet.pte").read_bytes()
    runner = (HERE.parent / "reference" / "xnn_executor_runner").read_bytes()
    approach = "Channel pruning by group importance, in steps, with fine-tuning in between."
    model = "model/mobilenet.pth"

    def revised(student: str, content: bytes) -> bytes:
        return packed({model: content, f"{student}.ipynb": notebook(student, approach)})

    return {
        "accepted": revised("accepted", checkpoint),
        "accepted-first-form": packed(
            {
                "accepted-first-form/model/mobilenet.pth": checkpoint,
                "accepted-first-form/model/mobilenet.pte": program,
                "accepted-first-form/xnn_executor_runner": runner,
                "accepted-first-form/accepted-first-form.ipynb": notebook("first", approach),
                "__MACOSX/accepted-first-form/._xnn_executor_runner": b"\0\5\x16\7",
                "accepted-first-form/.DS_Store": b"\0\0\0\1Bud1",
            }
        ),
        "accuracy-too-low": revised("accuracy-too-low", saved(untrained())),
        "damaged-zip": revised("damaged-zip", checkpoint)[:-2_000],
        "hostile-pickle": revised("hostile-pickle", hostile()),
        "missing-model": packed({"missing-model.ipynb": notebook("missing", approach)}),
        "notebook-not-renamed": packed(
            {model: saved(untrained()), "lab2.ipynb": notebook("n", approach)}
        ),
        "not-mobilenet": revised("not-mobilenet", saved(vgg())),
        "wrong-lab": packed(
            {"model/vgg.pth": saved(vgg()), "lab1.ipynb": notebook("wrong", "Quantization.")}
        ),
    }


def main() -> None:
    """Write every example beside this file."""
    for student, content in examples().items():
        (HERE / f"{student}.zip").write_bytes(content)
        print(f"{student}.zip  {len(content):,} bytes")


if __name__ == "__main__":
    main()
