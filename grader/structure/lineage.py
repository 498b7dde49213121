"""Decides from names and shapes alone whether a network is a channel-pruned MobileNetV2.

names and shapes  ->  Blueprint, or a Fault that names the first difference
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import Fault
from grader.structure.blueprint import (
    LAST_POSITION,
    ORIGINAL_BLOCKS,
    Block,
    Blueprint,
    OriginalBlock,
)
from grader.structure.description import Description, ModuleRecord

Shapes = Mapping[str, tuple[int, ...]]

HELP = (
    "Part 2 needs torchvision's mobilenet_v2 with channels pruned (and, at most, residual blocks "
    "removed). Save the pruned model itself with torch.save(model, 'mobilenet.pth')."
)
_FEATURE = re.compile(r"features\.(\d+)\.(.+)")
_ROOT = "torchvision.models.mobilenetv2.MobileNetV2"
_BLOCK = "torchvision.models.mobilenetv2.InvertedResidual"
_IDENTITY = "torch.nn.modules.linear.Identity"
_RENAMED = {  # the same classes in older torchvisions
    "torchvision.models.mobilenet.MobileNetV2": _ROOT,
    "torchvision.models.mobilenet.InvertedResidual": _BLOCK,
    "torchvision.models.mobilenet.ConvBNReLU": "torchvision.ops.misc.Conv2dNormActivation",
    "torchvision.models.mobilenetv2.ConvBNReLU": "torchvision.ops.misc.Conv2dNormActivation",
    "torchvision.models.mobilenetv2.ConvBNActivation": "torchvision.ops.misc.Conv2dNormActivation",
    "torchvision.ops.misc.ConvNormActivation": "torchvision.ops.misc.Conv2dNormActivation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A hand-in recognised as MobileNetV2.

    `names` leads from each tensor's name in torchvision's network to its name in the hand-in, and
    `modules` likewise for the features, whose numbers differ where blocks were deleted.
    """

    blueprint: Blueprint
    names: Mapping[str, str]
    positions: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A block as handed in, before it is known which block of the original it is."""

    number: int
    outputs: int
    hidden: int
    residual: bool | None  # None where only names and shapes are known
    stride: int | None


def class_name(record: ModuleRecord) -> str:
    """The module's class under the name that today's torchvision gives it."""
    return _RENAMED.get(record.class_name, record.class_name)


def trace(description: Description, shapes: Shapes) -> Lineage:
    """The hand-in's blueprint, from its tensors' names and shapes and its modules' classes.

    Raises `Fault` with the first difference from MobileNetV2.
    """
    records = {record.path: record for record in description.modules}
    if description.kind == "module":
        _check_root(records)
    numbers = _feature_numbers(records, shapes)
    candidates = [_candidate(number, shapes, records) for number in numbers[1:-1]]
    stem = _leading(shapes, f"features.{numbers[0]}.0.weight")
    positions = _positions(candidates, stem, _gaps_tell(description, records, numbers))
    blueprint = Blueprint(
        stem=stem,
        blocks=tuple(
            Block(position=position, hidden=candidate.hidden, outputs=candidate.outputs)
            for position, candidate in zip(positions, candidates, strict=True)
        ),
        last=_leading(shapes, f"features.{numbers[-1]}.0.weight"),
        classes=_leading(shapes, "classifier.1.weight"),
    )
    by_position = dict(zip((0, *positions, LAST_POSITION), numbers, strict=True))
    names = {name: _as_handed_in(name, by_position) for name in blueprint.shapes()}
    _compare(blueprint, names, shapes)
    return Lineage(blueprint=blueprint, names=names, positions=by_position)


def _check_root(records: Mapping[str, ModuleRecord]) -> None:
    found = class_name(records[""])
    if found != _ROOT:
        raise Fault(
            f"The checkpoint holds a {found.rpartition('.')[2]}, not a MobileNetV2.",
            help=HELP,
            expected=_ROOT,
            actual=found,
        )


def _feature_numbers(records: Mapping[str, ModuleRecord], shapes: Shapes) -> list[int]:
    """The numbers under `features` that hold a layer, in the order they run."""
    if records:
        features = records.get("features")
        names = features.children if features else []
        kept = [n for n in names if class_name(records[f"features.{n}"]) != _IDENTITY]
    else:
        matches = (_FEATURE.fullmatch(name) for name in shapes)
        kept = list(dict.fromkeys(match[1] for match in matches if match))
        kept.sort(key=int)
    if len(kept) < 2 or not all(name.isascii() and name.isdigit() for name in kept):
        raise Fault(
            f"This is not MobileNetV2: it has {len(kept)} numbered layers under `features`.",
            help=HELP,
            expected=f"features.0 to features.{LAST_POSITION}",
            actual=_first_names(shapes),
        )
    return [int(name) for name in kept]


def _first_names(shapes: Shapes) -> str:
    names = list(itertools.islice(shapes, 3))
    return ", ".join(names) + (", …" if len(shapes) > len(names) else "") or "no tensors"


def _leading(shapes: Shapes, name: str) -> int:
    shape = shapes.get(name)
    if not shape:
        raise Fault(
            f"This is not MobileNetV2: it has no {name}.",
            help=HELP,
            expected=name,
            actual=_first_names(shapes),
        )
    return shape[0]


def _candidate(number: int, shapes: Shapes, records: Mapping[str, ModuleRecord]) -> _Candidate:
    name = f"features.{number}"
    expanded = f"{name}.conv.2.weight" in shapes and len(shapes[f"{name}.conv.2.weight"]) == 4
    last = f"{name}.conv.{2 if expanded else 1}.weight"
    outputs = _leading(shapes, last)
    residual = stride = None
    if record := records.get(name):
        if class_name(record) != _BLOCK:
            raise Fault(
                f"This is not MobileNetV2: {name} is a {class_name(record).rpartition('.')[2]}.",
                help=HELP,
                expected=_BLOCK,
                actual=class_name(record),
            )
        use_residual, step = (record.attributes.get(key) for key in ("use_res_connect", "stride"))
        residual = use_residual if isinstance(use_residual, bool) else None
        stride = step if isinstance(step, int) else None
    hidden = shapes[last][1] if len(shapes[last]) == 4 else 0
    return _Candidate(
        number=number, outputs=outputs, hidden=hidden, residual=residual, stride=stride
    )


def _gaps_tell(
    description: Description, records: Mapping[str, ModuleRecord], numbers: Sequence[int]
) -> bool:
    """Whether each layer still bears its original number (removed ones left a gap or Identity)."""
    total = len(records["features"].children) if records else numbers[-1] + 1
    return total == LAST_POSITION + 1 and (description.kind == "module" or numbers[0] == 0)


def _positions(candidates: Sequence[_Candidate], stem: int, numbered: bool) -> tuple[int, ...]:
    """Which original blocks the candidates are.

    Where the numbers no longer tell (blocks were deleted and the rest moved up), every choice of
    removed residual blocks is tried; choices that leave the same network count as one.
    """
    if numbered:
        positions = tuple(candidate.number for candidate in candidates)
        _check_nothing_vital_removed(positions)
        return positions
    fitting: dict[tuple[tuple[bool, int], ...], tuple[int, ...]] = {}
    for kept in _possible_blocks(len(candidates)):
        if _fits(candidates, kept, stem):
            kinds = tuple((block.residual, block.stride) for block in kept)
            fitting.setdefault(kinds, tuple(block.position for block in kept))
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    how_many = f"{len(candidates)} of {len(ORIGINAL_BLOCKS)} blocks"
    if fitting:
        raise Fault(
            f"It has {how_many}, and names and shapes do not tell which ones.",
            help="Hand in the whole model: torch.save(model, 'mobilenet.pth').",
        )
    raise Fault(
        f"This is not MobileNetV2: it has {how_many}, and they do not follow its order.",
        help=HELP,
    )


def _check_nothing_vital_removed(positions: tuple[int, ...]) -> None:
    for block in ORIGINAL_BLOCKS:
        if block.position not in positions and not block.residual:
            raise Fault(
                f"This is not MobileNetV2: features.{block.position}, which is no residual block, "
                "is missing.",
                help=HELP,
            )


def _possible_blocks(count: int) -> Iterator[tuple[OriginalBlock, ...]]:
    vital = [block for block in ORIGINAL_BLOCKS if not block.residual]
    residual = [block for block in ORIGINAL_BLOCKS if block.residual]
    if len(vital) <= count <= len(ORIGINAL_BLOCKS):
        for chosen in itertools.combinations(residual, count - len(vital)):
            yield tuple(sorted((*vital, *chosen), key=lambda block: block.position))


def _fits(candidates: Sequence[_Candidate], blocks: Sequence[OriginalBlock], stem: int) -> bool:
    inputs = stem
    for candidate, block in zip(candidates, blocks, strict=True):
        if block.residual and candidate.outputs != inputs:
            return False
        if candidate.residual not in {None, block.residual}:
            return False
        if candidate.stride not in {None, block.stride}:
            return False
        inputs = candidate.outputs
    return True


def _as_handed_in(name: str, numbers: Mapping[int, int]) -> str:
    match = _FEATURE.fullmatch(name)
    return f"features.{numbers[int(match[1])]}.{match[2]}" if match else name


def _compare(blueprint: Blueprint, names: Mapping[str, str], shapes: Shapes) -> None:
    """Every tensor is there with the shape its neighbours need, and no other."""
    for name, expected in blueprint.shapes().items():
        handed_in = names[name]
        actual = shapes.get(handed_in)
        if actual is None and not name.endswith("num_batches_tracked"):
            raise Fault(f"This is not MobileNetV2: it has no {handed_in}.", help=HELP)
        if actual is not None and actual != expected:
            raise Fault(
                f"{handed_in} does not fit the layers around it.",
                help=HELP,
                expected=str(expected),
                actual=str(actual),
            )
    extra = next((name for name in shapes if name not in set(names.values())), None)
    if extra is not None:
        raise Fault(f"This is not MobileNetV2: it also has {extra}.", help=HELP)
    for block in blueprint.blocks:
        inputs = blueprint.inputs(block)
        if block.original.residual and block.outputs != inputs:
            raise Fault(
                f"features.{block.position} adds its input of {inputs} channels to an output of "
                f"{block.outputs}.",
                help="Prune with a dependency graph, which keeps the two equal.",
            )
