"""Compares the classes and attributes of a hand-in's modules with the rebuilt network's."""

from collections.abc import Iterator

from torch import nn

from grader.errors import Fault
from grader.networks.description import Description, ModuleRecord
from grader.networks.mobilenet_v2.block_matching import WHAT_TO_SAVE
from grader.networks.mobilenet_v2.head import CLASSIFIER, PATH
from grader.networks.mobilenet_v2.lineage import Lineage
from grader.networks.mobilenet_v2.saved_classes import IDENTITY, class_name
from grader.networks.network import Network

# Attributes that change a layer's output. BatchNorm's momentum and Dropout's p do not.
_DECISIVE = {
    "Conv2d": ("kernel_size", "stride", "padding", "dilation", "padding_mode", "transposed"),
    "BatchNorm2d": ("eps", "affine", "track_running_stats"),
    "Flatten": ("start_dim", "end_dim"),
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
# The layers around the one Linear of a head; `find_head` accepts no others.
_HEAD: dict[str, nn.Module] = {
    f"{kind.__module__}.{kind.__qualname__}": kind()
    for kind in (
        nn.AlphaDropout,
        nn.Dropout,
        nn.Dropout1d,
        nn.FeatureAlphaDropout,
        nn.Flatten,
        nn.Identity,
        nn.Sequential,
    )
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
        if parts[0] == CLASSIFIER:
            is_linear = record.path == lineage.head
            module = ours[PATH] if is_linear else _HEAD.get(class_name(record))
        elif parts[0] == "features" and len(parts) == 2 and class_name(record) == IDENTITY:
            module = nn.Identity()
        else:
            if parts[0] == "features" and len(parts) > 1:
                parts[1] = back.get(parts[1], "none")
            module = ours.get(".".join(parts))
        if module is None:
            raise Fault(f"This is not MobileNetV2: it also has {record.path}.", help=WHAT_TO_SAVE)
        yield record, module


def check_modules(description: Description, lineage: Lineage, network: Network) -> tuple[str, ...]:
    """Compare a full pickle's modules with ours, and return the doubts for a person.

    A state_dict has no modules; its only doubts are those of the lineage. Raises `Fault` with the
    first class or attribute that differs from MobileNetV2, or a tensor that a layer would read.
    """
    odd = list(lineage.doubts)
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
        _check_unread(record, module, lineage)
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
    free = record.path.endswith("features") or record.path.split(".")[0] == CLASSIFIER
    if not free and record.children != expected_order:
        raise Fault(
            f"This is not MobileNetV2: the layers of {record.path or 'the model'} differ.",
            help=WHAT_TO_SAVE,
            expected=", ".join(expected_order),
            actual=", ".join(record.children),
        )


def _check_unread(record: ModuleRecord, module: nn.Module, lineage: Lineage) -> None:
    """Raise `Fault` for an extra tensor under a name that the layer's own code reads."""
    for name in lineage.extra:
        path, _, leaf = name.rpartition(".")
        if path == record.path and hasattr(module, leaf):
            raise Fault(f"This is not MobileNetV2: it also has a tensor {name}.", help=WHAT_TO_SAVE)


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
