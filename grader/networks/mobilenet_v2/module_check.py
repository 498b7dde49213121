"""Compares the classes and attributes of a hand-in's modules with the rebuilt network's."""

from collections.abc import Iterator

from torch import nn

from grader.errors import Fault
from grader.networks.description import Description, ModuleRecord
from grader.networks.mobilenet_v2.block_matching import WHAT_TO_SAVE
from grader.networks.mobilenet_v2.lineage import Lineage, class_name
from grader.networks.mobilenet_v2.saved_classes import IDENTITY
from grader.networks.network import Network

# Attributes that change a layer's output. BatchNorm's momentum and Dropout's p do not.
_DECISIVE = {
    "Conv2d": ("kernel_size", "stride", "padding", "dilation", "padding_mode", "transposed"),
    "BatchNorm2d": ("eps", "affine", "track_running_stats"),
    "ReLU6": ("min_val", "max_val"),
    "InvertedResidual": ("use_res_connect",),
}
# Read only by MFLOPs counters: often wrong after pruning by hand, harmless here, since the
# grader counts the rebuilt network.
_COUNTED = {
    "Conv2d": ("in_channels", "out_channels", "groups"),
    "BatchNorm2d": ("num_features",),
    "Linear": ("in_features", "out_features"),
}
_HARMLESS = {"training", "inplace", "p", "momentum", "last_channel", "out_channels", "stride"}
_HARMLESS |= {"output_padding"}


def _pairs(
    description: Description, lineage: Lineage, network: Network
) -> Iterator[tuple[ModuleRecord, nn.Module]]:
    """Each module as handed in with ours; an Identity that replaces a removed block with another.

    Raises `Fault` if a module has no counterpart.
    """
    ours = dict(network.module.named_modules())
    back = {str(number): str(position) for position, number in lineage.positions.items()}
    for record in description.modules:
        parts = record.path.split(".")
        if parts[0] == "features" and len(parts) > 1:
            if len(parts) == 2 and class_name(record) == IDENTITY:
                yield record, nn.Identity()
                continue
            parts[1] = back.get(parts[1], "none")
        module = ours.get(".".join(parts) if record.path else "")
        if module is None:
            raise Fault(f"This is not MobileNetV2: it also has {record.path}.", help=WHAT_TO_SAVE)
        yield record, module


def check_modules(description: Description, lineage: Lineage, network: Network) -> tuple[str, ...]:
    """Compare a full pickle's modules with ours, and return the doubts for a person.

    A state_dict has no modules, so there is no doubt. Raises `Fault` with the first class or
    attribute that differs from MobileNetV2.
    """
    odd: list[str] = []
    for record, module in _pairs(description, lineage, network):
        kind = type(module)
        expected = f"{kind.__module__}.{kind.__qualname__}"
        if class_name(record) != expected:
            raise Fault(
                f"This is not MobileNetV2: {record.path} is a "
                f"{record.class_name.rpartition('.')[2]}.",
                help=WHAT_TO_SAVE,
                expected=expected,
                actual=record.class_name,
            )
        _check_decisive(record, module)
        odd += _oddities(record, module)
    return tuple(odd)


def _check_decisive(record: ModuleRecord, module: nn.Module) -> None:
    for name in _DECISIVE.get(type(module).__name__, ()):
        if name not in record.attributes:
            continue
        expected, actual = _plain(getattr(module, name)), record.attributes[name]
        if actual != expected:
            raise Fault(
                f"This is not MobileNetV2: {record.path} has a different {name}.",
                help=WHAT_TO_SAVE,
                expected=f"{name}={expected}",
                actual=f"{name}={actual}",
            )
    expected_order = [name for name, _ in module.named_children()]
    if not record.path.endswith("features") and record.children != expected_order:
        raise Fault(
            f"This is not MobileNetV2: the layers of {record.path or 'the model'} differ.",
            help=WHAT_TO_SAVE,
            expected=", ".join(expected_order),
            actual=", ".join(record.children),
        )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _oddities(record: ModuleRecord, module: nn.Module) -> Iterator[str]:
    kind = type(module).__name__
    layer = record.path or "the model"
    counted = _COUNTED.get(kind, ())
    for name in counted:
        expected, actual = getattr(module, name), record.attributes.get(name)
        if actual != expected:
            yield f"{layer} has {name}={actual}, but its weight has {expected}"
    known = {*_HARMLESS, *counted, *_DECISIVE.get(kind, ())}
    for name in (*record.unusual, *(each for each in record.attributes if each not in known)):
        yield f"{layer} has its own {name}"
