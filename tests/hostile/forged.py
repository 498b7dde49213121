"""Makes the hostile checkpoints: valid ones, changed before or after `torch.save`."""

import copy
import functools
import io
import pickle
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from tests.hostile.archives import MARK
from tests.intake.archives import raw_zip
from tests.networks.checkpoints import module_of, uneven
from tests.sandbox.archives import archive, zipped
from tests.sandbox.pickles import (
    STOP,
    called,
    dict_of,
    name,
    tensor,
    text,
    whole,
)

Make = Callable[[], bytes]
Edit = Callable[[nn.Module], object]

SYSTEM, COMMAND = name("os", "system"), text(f"touch {MARK}")
FIRST, DEPTHWISE = "features.0.0", "features.2.conv.1.0"


def saved(content: object, *, today: bool = True) -> bytes:
    """Return the bytes that torch.save writes, today or before torch 1.6."""
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=today)
    return buffer.getvalue()


@functools.cache
def _honest() -> nn.Module:
    return module_of(uneven())


def honest() -> nn.Module:
    """A right network, small enough to be measured in seconds; for each case one of its own."""
    return copy.deepcopy(_honest())


EVIL = whole(called(SYSTEM, COMMAND))


def altered(edit: Edit, *, today: bool = True) -> bytes:
    """A right network with something changed before it was saved."""
    return saved(edit(honest()), today=today)


def repacked(edit: Callable[[dict[str, bytes]], object]) -> bytes:
    """A right checkpoint with its records, `data.pkl` and the rest, changed after it was saved."""
    with zipfile.ZipFile(io.BytesIO(saved(honest()))) as file:
        records = {each.partition("/")[2]: file.read(each) for each in file.namelist()}
    edit(records)
    return zipped({f"a/{each}": content for each, content in records.items()})


def beside(attack: bytes) -> bytes:
    """A right checkpoint whose pickle also does `attack`, and forgets what came of it."""

    def edit(records: dict[str, bytes]) -> None:
        records["data.pkl"] = records["data.pkl"].removesuffix(STOP) + attack + pickle.POP + STOP

    return repacked(edit)


def with_weights(value: float, place: str = "classifier.1.bias") -> Edit:
    """An edit that sets the first number of a tensor."""

    def edit(network: nn.Module) -> nn.Module:
        with torch.no_grad():
            network.state_dict()[place].view(-1)[0] = value
        return network

    return edit


def with_tensor(make: Callable[[torch.Tensor], torch.Tensor], place: str = FIRST) -> Edit:
    """An edit that puts another kind of tensor in the place of a weight."""

    def edit(network: nn.Module) -> nn.Module:
        layer = network.get_submodule(place)
        weight = make(layer.get_parameter("weight").detach())
        layer._parameters["weight"] = weight  # type: ignore[assignment]  # a parameter, to torch
        return network

    return edit


def quantised(weight: torch.Tensor) -> torch.Tensor:
    """The weight in eight bits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch: that it is deprecated
        return torch.quantize_per_tensor(weight, 0.1, 0, torch.qint8)


def carrying(place: str, **attributes: object) -> Edit:
    """An edit that puts attributes into a layer's `__dict__`, past nn.Module's own checks."""

    def edit(network: nn.Module) -> nn.Module:
        network.get_submodule(place).__dict__.update(attributes)
        return network

    return edit


def hooked(kind: str, hook: object) -> Edit:
    """An edit that gives a layer a hook."""
    return carrying("features.18", **{kind: OrderedDict({0: hook})})


def script() -> bytes:
    """A TorchScript archive."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        traced = torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2))  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.jit.save(traced, buffer)
    return buffer.getvalue()


def legacy_attack() -> bytes:
    """The format before torch 1.6, whose third pickle runs a command."""
    from grader.sandbox.child.container import LEGACY_MAGIC

    return pickle.dumps(LEGACY_MAGIC, 2) + pickle.dumps(1001, 2) + EVIL


def crowd(records: int) -> bytes:
    """A checkpoint of as many empty storages."""
    return raw_zip(
        [(b"a/data.pkl", whole(dict_of(("weight", tensor()))))]
        + [(b"a/data/%d" % number, b"") for number in range(records)]
    )


def deep(levels: int) -> bytes:
    """A tuple in a tuple in a tuple, and so on."""
    return pickle.NONE + pickle.TUPLE1 * levels


def laughs(levels: int) -> bytes:
    """Ten references to ten references, and so on: 10^levels in all, in a few bytes."""
    found = pickle.EMPTY_LIST
    for _ in range(levels):
        found = pickle.MARK + found + pickle.DUP * 9 + pickle.LIST
    return found


def one_tensor(
    shape: tuple[int, ...] = (4,), stride: tuple[int, ...] = (1,), **fields: object
) -> bytes:
    """A state_dict of one tensor, described by hand over 16 bytes."""
    made = tensor(shape, stride, **fields)  # type: ignore[arg-type]  # by name
    return archive(whole(dict_of(("features.0.0.weight", made))))


def many_layers(network: nn.Module) -> nn.Module:
    """A hundred thousand layers, all the same one."""
    one = nn.Identity()
    features = network.get_submodule("features")
    features._modules |= {str(number): one for number in range(19, 100_000)}
    return network


def without_type(network: nn.Module) -> nn.Module:
    """Layers in a list, where a dict of them should be."""
    network.__dict__["_modules"] = list(network.children())
    return network


def one_storage(network: nn.Module) -> nn.Module:
    """Two tensors of a layer that are one."""
    norm = network.get_submodule("features.18.1")
    norm._parameters["bias"] = norm._parameters["weight"]
    return network


def two_of_a_name(network: nn.Module) -> nn.Module:
    """A buffer called like a parameter: torch takes the parameter."""
    layer = network.get_submodule(FIRST)
    layer._buffers["weight"] = layer.get_parameter("weight").detach() * 2
    return network


def second_zip(network: nn.Module) -> bytes:
    """Two checkpoints in one file: Python's zipfile finds the last, torch.load the first."""
    return saved(with_weights(1.0)(copy.deepcopy(network))) + saved(network)


class Calls:
    """Pickled as a call of `function` with `arguments`."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[object, ...]:
        return self.function, self.arguments
