"""Messages that a child under a hand-in's control might send, and the grader's reactions."""

import contextlib
import functools
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from safetensors.numpy import load, save

from grader.errors import Fault, HarnessError, Skip
from grader.labs.kinds import network_lab
from grader.networks.description import Description
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.networks.mobilenet_v2.lineage import WIDEST
from grader.networks.read_checkpoint import read_reply, recognise
from grader.sandbox.child.unpickle import answer
from tests.fuzz.spoilt import spoilt
from tests.fuzz.values import change, values
from tests.networks.checkpoints import (
    CLASSES,
    NAME,
    WANTED,
    module_of,
    saved,
    uneven,
    without_numbers,
)

Tensors = dict[str, np.ndarray[Any, Any]]

_WORDS = [
    *("", "0", "1", "17", "18", "19", "features", "features.0", "classifier", "conv", "weight"),
    *("__class__", "x" * 3_000, "نموذج", "\x1b[2J", "\ud800"),
    "torch.nn.modules.linear.Identity",
    "torchvision.models.mobilenetv2.MobileNetV2",
    "torchvision.models.mobilenetv2.InvertedResidual",
]
_LENGTHS = st.sampled_from([1, 2, 3, 4, 5, 8, 16, 33])
_RARE_LENGTHS = st.sampled_from([0, 65, 1281, 2561])


@functools.cache
def _told() -> tuple[tuple[str, bytes], ...]:
    """The description and message of a whole model, a renumbered one and a state_dict."""
    network = module_of(uneven(3, 5, 8, 9, 10, 12, 13, 15, 16))
    short = without_numbers(module_of(uneven(3, 5, 6, 8, 9, 10, 12, 13, 15, 16)))
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for content in (network, short, network.state_dict()):
            message = answer(saved(content, Path(folder)), WANTED)
            told.append((_header(message)["__metadata__"]["description"], message))
    return tuple(told)


def _header(message: bytes) -> Any:
    return json.loads(message[8 : 8 + int.from_bytes(message[:8], "little")])


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """Any widths, few of them none or wider than pruning leaves; residual blocks may be gone."""

    def width() -> int:
        return draw(_RARE_LENGTHS if draw(st.integers(1, 100)) == 100 else _LENGTHS)

    blocks: list[Block] = []
    outputs = stem = width()
    for original in ORIGINAL_BLOCKS:
        if original.residual and draw(st.booleans()):
            continue
        if not original.residual or draw(st.integers(1, 100)) == 100:
            outputs = width()
        hidden = width() if original.expansion != 1 else stem
        blocks.append(Block(position=original.position, hidden=hidden, outputs=outputs))
    return Blueprint(stem=stem, blocks=tuple(blocks), last=width(), classes=CLASSES)


@st.composite
def descriptions(draw: st.DrawFn) -> bytes:
    """What the reader says of a real network, with a few things said otherwise."""
    told, message = draw(st.sampled_from(_told()))
    description: dict[str, Any] = json.loads(told)
    loaded: Tensors = load(message)  # in no order, and hypothesis must find the same again
    tensors = {name: loaded[name] for name in description["tensors"]}
    if description["kind"] == "state_dict":
        shapes = draw(blueprints()).shapes()
        tensors = {name: np.ones(shape, np.float32) for name, shape in shapes.items()}
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        _change_tensors(draw, tensors)
    description["tensors"] = list(tensors)
    for _ in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
        change(draw, description, _WORDS)
    content = save(tensors, metadata={"description": json.dumps(description)})
    return draw(spoilt(content)) if draw(st.integers(1, 8)) == 8 else content


def _change_tensors(draw: st.DrawFn, tensors: Tensors) -> None:
    name = draw(st.sampled_from(list(tensors)))
    tensor = tensors[name]
    match draw(st.sampled_from(["drop", "add", "shape", "dtype", "values", "swap"])):
        case "drop":
            del tensors[name]
        case "add":
            tensors[draw(st.sampled_from([f"{name}_orig", f"0.{name}", *_WORDS[:12]]))] = tensor
        case "shape":
            shape: list[int] = list(tensor.shape)
            lengths = _LENGTHS | _RARE_LENGTHS
            if draw(st.booleans()) and shape:
                shape[draw(st.integers(0, len(shape) - 1))] = draw(lengths)
            else:
                shape.append(draw(st.sampled_from([0, 1, 2])))
            if np.prod(shape) < 1 << 20:
                tensors[name] = np.ones(shape, tensor.dtype)
        case "dtype":
            tensors[name] = tensor.astype(draw(st.sampled_from(["f2", "f8", "i8", "u1", "?"])))
        case "values":
            value = draw(st.sampled_from([np.nan, np.inf, -1, 1e38, 1e-45]))
            tensors[name] = np.full_like(tensor, value) if tensor.dtype.kind == "f" else tensor
        case "swap":
            other = draw(st.sampled_from(list(tensors)))
            tensors[name], tensors[other] = tensors[other], tensor


_ENTRY = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "F64", "BF16", "U8", "F4", "C64", "F8_E4M3", ""]),
        "shape": st.lists(st.sampled_from([0, 1, 2, 4, 2**32, 2**63, 2**64, -1]), max_size=4),
        "data_offsets": st.lists(st.sampled_from([0, 1, 4, 8, 16, 2**63, -1]), max_size=3),
    }
)
_JSON = values(_WORDS)
_KEYS = st.sampled_from(["logits", "weight", "__metadata__"])


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A frame as safetensors has it, around a header that may claim anything."""
    header: dict[str, Any] = {}
    size = 0
    for key in draw(st.lists(_KEYS, max_size=2, unique=True)):
        shape = draw(st.lists(st.integers(0, 3), max_size=3))
        end = size + 4 * math.prod(shape)
        header[key] = {"dtype": "F32", "shape": shape, "data_offsets": [size, end]}
        size = end
    if draw(st.booleans()):
        told = st.dictionaries(st.sampled_from([*Description.model_fields]), _JSON, max_size=2)
        header["__metadata__"] = {"description": json.dumps(draw(told))}
    if draw(st.booleans()):
        header |= draw(st.dictionaries(_KEYS, _ENTRY | _JSON, max_size=1))
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        change(draw, header, _WORDS)
    encoded = json.dumps(header).encode()
    content = len(encoded).to_bytes(8, "little") + encoded + bytes(size)
    return draw(spoilt(content)) if draw(st.integers(1, 4)) == 4 else content


def check(content: bytes, _folder: Path) -> None:
    """An answer is believed, is a verdict, or is a `HarnessError`: our own to look at."""
    with contextlib.suppress(HarnessError):
        judged(content)


def helped(verdict: Fault | Skip) -> None:
    """What stands against a hand-in says what it is, and what can be done."""
    assert verdict.reason
    assert verdict.help


def judged(message: bytes) -> None:
    """What a reader says is a `Fault` with help, or a network of the very shapes it tells.

    Raises `HarnessError` where the reader contradicts itself.
    """
    try:
        description, tensors = read_reply(message, NAME, MOBILENET_V2)
        network = recognise(description, tensors, network_lab().network).network
    except Fault as fault:
        helped(fault)
        return
    found = {name: tuple(value.shape) for name, value in network.module.state_dict().items()}
    assert found == network.blueprint.shapes()
    assert all(0 <= each.kept <= WIDEST * each.original for each in network.blueprint.widths())
