"""Recognises a channel-pruned MobileNetV2 by the names and shapes of its tensors.

names and shapes  ->  Blueprint, or a Fault that names the first difference
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.errors import Fault
from grader.networks.family import Shapes
from grader.networks.known_networks import is_quantised, known_network
from grader.networks.mobilenet_v2.block_matching import WHAT_TO_SAVE, Candidate, positions
from grader.networks.mobilenet_v2.blueprint import LAST_POSITION, ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.head import CLASSIFIER, PATH, find_head
from grader.networks.mobilenet_v2.leftovers import sort_leftovers
from grader.networks.mobilenet_v2.saved_classes import BLOCK, IDENTITY, ROOT, class_name

if TYPE_CHECKING:  # pydantic is slow to import, and the sandbox's children do not need it
    from grader.networks.description import Description, ModuleRecord

_FEATURE = re.compile(r"features\.([0-9]{1,4})\.(.+)")
_BLOCK_TENSOR = re.compile(r"features\.[0-9]{1,4}\.conv\..+")
WIDEST = 2  # times the original: a wider layer was not pruned, and would take hours to measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A hand-in recognised as MobileNetV2.

    `names` maps each tensor's name in torchvision's network to its name in the hand-in.
    `positions` maps each kept layer's number under `features` to its number in the hand-in, which
    differs if blocks were deleted. `head` is the path of the Linear layer in the hand-in. `extra`
    has the tensors that no layer uses, `notes` says how the hand-in differs without effect, and
    `doubts` is for a person.
    """

    blueprint: Blueprint
    names: Mapping[str, str]
    positions: Mapping[int, int]
    head: str = PATH
    extra: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def trace(description: "Description", shapes: Shapes) -> Lineage:
    """The hand-in's blueprint, from its tensors' names and shapes and its modules' classes.

    Raises `Fault` with the first difference from MobileNetV2.
    """
    records = {record.path: record for record in description.modules}
    if description.kind == "module":
        _check_root(records)
    _check_other_network(shapes)
    numbers = _feature_numbers(records, shapes)
    candidates = [_candidate(number, shapes, records) for number in numbers[1:-1]]
    stem = _shape(shapes, f"features.{numbers[0]}.0.weight", 4)[0]
    kept = positions(candidates, stem, numbers)
    head = find_head(records, shapes)
    blueprint = Blueprint(
        stem=stem,
        blocks=tuple(
            _block(position, candidate, stem)
            for position, candidate in zip(kept, candidates, strict=True)
        ),
        last=_shape(shapes, f"features.{numbers[-1]}.0.weight", 4)[0],
        classes=_shape(shapes, f"{head.path}.weight", 2)[0],
        head_bias=head.has_bias,
    )
    by_position = dict(zip((0, *kept, LAST_POSITION), numbers, strict=True))
    names = {name: _as_handed_in(name, by_position, head.path) for name in blueprint.shapes()}
    _compare(blueprint, names, shapes)
    known = set(names.values())
    extra = {name: shape for name, shape in shapes.items() if name not in known}
    leftovers = sort_leftovers(description, extra)
    _check_widths(blueprint, by_position)
    return Lineage(
        blueprint=blueprint,
        names=names,
        positions=by_position,
        head=head.path,
        extra=tuple(extra),
        notes=(*filter(None, (head.note,)), *leftovers.notes),
        doubts=leftovers.doubts,
    )


def _block(position: int, candidate: Candidate, stem: int) -> Block:
    expanded = ORIGINAL_BLOCKS[position - 1].expansion != 1
    hidden = candidate.hidden if expanded else stem
    return Block(position=position, hidden=hidden, outputs=candidate.outputs)


def _check_root(records: Mapping[str, "ModuleRecord"]) -> None:
    found = class_name(records[""])
    if found != ROOT:
        kind = found.rpartition(".")[2]
        kind += " of timm" if found.startswith("timm.") else ""
        article = "an" if kind[:1] in set("AEIO") else "a"
        quantised = ": a quantised network" if "quant" in found.lower() else ""
        raise Fault(
            f"The checkpoint holds {article} {kind}, not a MobileNetV2{quantised}.",
            help=WHAT_TO_SAVE,
            expected=ROOT,
            actual=found,
        )


def _check_other_network(shapes: Shapes) -> None:
    """Raise `Fault` for a quantised network, or one of another family that is known."""
    if is_quantised(shapes):
        raise Fault(
            "The checkpoint holds a quantised network, or one prepared for it.",
            help="The lab measures the float32 network: save it before quantising.",
            actual=_first_names(shapes),
        )
    if any(_BLOCK_TENSOR.fullmatch(name) for name in shapes):
        return
    if other := known_network(shapes):
        raise Fault(
            f"The checkpoint holds {other}, not a MobileNetV2.",
            help=WHAT_TO_SAVE,
            expected="features.1.conv.0.0.weight, …",
            actual=_first_names(shapes),
        )


def _feature_numbers(records: Mapping[str, "ModuleRecord"], shapes: Shapes) -> list[int]:
    """The numbers under `features` that hold a layer, in the order they run."""
    if records:
        features = records.get("features")
        names = features.children if features else []
        kept = [n for n in names if class_name(records[f"features.{n}"]) != IDENTITY]
    else:
        matches = (_FEATURE.fullmatch(name) for name in shapes if name.endswith(".weight"))
        kept = list(dict.fromkeys(match[1] for match in matches if match))
        kept.sort(key=int)
    if len(kept) < 2 or not all(re.fullmatch("[0-9]{1,4}", name) for name in kept):
        raise Fault(
            f"This is not MobileNetV2: it has {len(kept)} numbered layers under `features`.",
            help=WHAT_TO_SAVE,
            expected=f"features.0 to features.{LAST_POSITION}",
            actual=_first_names(shapes),
        )
    numbers = [int(name) for name in kept]
    if any(after <= before for before, after in itertools.pairwise(numbers)):
        raise Fault(
            "This is not MobileNetV2: its layers under `features` are in a different order.",
            help=WHAT_TO_SAVE,
            expected=", ".join(str(number) for number in sorted(numbers)),
            actual=", ".join(kept),
        )
    return numbers


def _first_names(shapes: Shapes) -> str:
    names = list(itertools.islice(shapes, 3))
    return ", ".join(names) + (", …" if len(shapes) > len(names) else "") or "no tensors"


def _shape(shapes: Shapes, name: str, dimensions: int) -> tuple[int, ...]:
    """The shape of a required weight; raises `Fault` if it is missing or cannot be used."""
    shape = shapes.get(name)
    if shape is None:
        raise _missing(name, shapes)
    if len(shape) != dimensions:
        raise Fault(
            f"This is not MobileNetV2: {name} has the wrong number of dimensions.",
            help=WHAT_TO_SAVE,
            expected=str(dimensions),
            actual=str(shape),
        )
    if 0 in shape:
        raise Fault(
            f"{name} has no channel left.",
            help="Leave at least one channel in every layer, or remove the whole residual block.",
            actual=str(shape),
        )
    return shape


def _missing(name: str, shapes: Shapes) -> Fault:
    if name.endswith(("running_mean", "running_var")):
        return Fault(
            f"The checkpoint has no {name}, which batch norm needs.",
            help="model.parameters() has no running statistics: save the model, or "
            "model.state_dict().",
            expected=name,
            actual=_first_names(shapes),
        )
    if f"{name}_orig" in shapes:
        return Fault(
            f"{name} is masked by torch.nn.utils.prune, which sets weights to zero and keeps them.",
            help="The lab asks for fewer channels: remove them, for example with Torch-Pruning.",
        )
    return Fault(
        f"This is not MobileNetV2: it has no {name}.",
        help=WHAT_TO_SAVE,
        expected=name,
        actual=_first_names(shapes),
    )


def _candidate(number: int, shapes: Shapes, records: Mapping[str, "ModuleRecord"]) -> Candidate:
    name = f"features.{number}"
    expanded = f"{name}.conv.2.weight" in shapes and len(shapes[f"{name}.conv.2.weight"]) == 4
    last = f"{name}.conv.{2 if expanded else 1}.weight"
    outputs, hidden = _shape(shapes, last, 4)[:2]
    residual = None
    if record := records.get(name):
        if class_name(record) != BLOCK:
            raise Fault(
                f"This is not MobileNetV2: {name} is a {class_name(record).rpartition('.')[2]}.",
                help=WHAT_TO_SAVE,
                expected=BLOCK,
                actual=class_name(record),
            )
        adds = record.attributes.get("use_res_connect")
        residual = adds if isinstance(adds, bool) else None
    return Candidate(number=number, outputs=outputs, hidden=hidden, residual=residual)


def _as_handed_in(name: str, numbers: Mapping[int, int], head: str) -> str:
    match = _FEATURE.fullmatch(name)
    if name.startswith(CLASSIFIER):
        return name.replace(PATH, head)
    return f"features.{numbers[int(match[1])]}.{match[2]}" if match else name


def _compare(blueprint: Blueprint, names: Mapping[str, str], shapes: Shapes) -> None:
    """Raise `Fault` for a missing tensor or a wrong shape."""
    for name, expected in blueprint.shapes().items():
        handed_in = names[name]
        actual = shapes.get(handed_in)
        if actual is None and not name.endswith("num_batches_tracked"):
            raise _missing(handed_in, shapes)
        if actual is not None and actual != expected:
            raise Fault(
                f"{handed_in} does not fit the layers around it.",
                help=WHAT_TO_SAVE,
                expected=str(expected),
                actual=str(actual),
            )


def _check_widths(blueprint: Blueprint, numbers: Mapping[int, int]) -> None:
    """Raise `Fault` for a residual sum of different widths, or a layer wider than the original."""
    for block in blueprint.blocks:
        inputs = blueprint.inputs(block)
        if block.original.residual and block.outputs != inputs:
            raise Fault(
                f"features.{numbers[block.position]} adds its input of {inputs} channels to an "
                f"output of {block.outputs}.",
                help="Prune with a dependency graph, which keeps the two equal.",
            )
    for width in blueprint.widths():
        if width.kept > WIDEST * width.original:
            raise Fault(
                f"{width.layer} is far wider than in MobileNetV2: pruning only removes channels.",
                help=WHAT_TO_SAVE,
                expected=f"at most {WIDEST} times {width.original}",
                actual=str(width.kept),
            )
