"""Finds the one Linear layer of a hand-in's head, however it is wrapped."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.errors import Fault
from grader.networks.family import Shapes
from grader.networks.mobilenet_v2.block_matching import WHAT_TO_SAVE
from grader.networks.mobilenet_v2.saved_classes import (
    DROPOUT,
    LINEAR,
    PASSING_ON,
    SEQUENTIAL,
    class_name,
)

if TYPE_CHECKING:  # pydantic is slow to import, and the sandbox's children do not need it
    from grader.networks.description import ModuleRecord

CLASSIFIER = "classifier"
PATH = "classifier.1"
_WEIGHT = re.compile(r"(classifier(\.\w+)*)\.weight")
_ONE_LINEAR = (
    "The head of MobileNetV2 is one Linear layer: train it without further layers. " + WHAT_TO_SAVE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The path of the Linear layer in the hand-in; `note` is None if torchvision has it there."""

    path: str
    has_bias: bool
    note: str | None


def find_head(records: Mapping[str, "ModuleRecord"], shapes: Shapes) -> Head:
    """The head of a hand-in with these modules, none for a state_dict, and tensors.

    Without a Linear layer, its path is that of torchvision's. Raises `Fault` if the head has
    another layer with weights, or one that changes its output.
    """
    matches = [match[1] for match in map(_WEIGHT.fullmatch, shapes) if match]
    if CLASSIFIER in records:
        layers = list(_layers(CLASSIFIER, records))
        found = [path for path in layers if class_name(records[path]) == LINEAR]
        note = _note(found, layers, records)
    else:
        found = matches
        note = None if found in ([], [PATH]) else _where(found[0])
    others = [path for path in matches if path not in found[:1]]
    if found and others:
        raise Fault(
            "This is not MobileNetV2: its head has more than one layer with weights; it also has "
            f"{others[-1]}.weight.",
            help=_ONE_LINEAR,
            expected="1 Linear layer",
            actual=", ".join(matches),
        )
    path = found[0] if found else PATH
    has_bias = f"{path}.bias" in shapes or f"{path}.weight" not in shapes
    if not has_bias:
        note = "; ".join(filter(None, (note, "the Linear layer of the head has no bias")))
    return Head(path=path, has_bias=has_bias, note=note)


def _layers(path: str, records: Mapping[str, "ModuleRecord"]) -> Iterator[str]:
    """The layers of the head that are no Sequential, in the order they run."""
    record = records[path]
    kind = class_name(record)
    if kind == SEQUENTIAL:
        for name in record.children:
            yield from _layers(f"{path}.{name}", records)
    elif kind == LINEAR or kind in PASSING_ON:
        yield path
    else:
        raise Fault(
            f"This is not MobileNetV2: {path}, in its head, is a {kind.rpartition('.')[2]}.",
            help=_ONE_LINEAR,
            expected="Dropout and one Linear layer",
            actual=kind,
        )


def _note(found: list[str], layers: list[str], records: Mapping[str, "ModuleRecord"]) -> str | None:
    usual = layers == [f"{CLASSIFIER}.0", PATH] and found == [PATH]
    if usual and class_name(records[layers[0]]) == DROPOUT:
        return None
    return _where(found[0]) if found else None


def _where(path: str) -> str:
    return f"the head is one Linear layer, {path}, not torchvision's Sequential(Dropout, Linear)"
