"""Decides which tensors of a checkpoint cannot change the answers of the network in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader import text
from grader.errors import Fault
from grader.networks.mobilenet_v2.block_matching import WHAT_TO_SAVE

if TYPE_CHECKING:  # pydantic is slow to import, and the sandbox's children do not need it
    from grader.networks.description import Description

_SHOWN = 3
_ONE = "1 entry that no layer uses left out: {kinds}"
_SEVERAL = "{count} entries that no layer uses left out: {kinds}"
# The tensors that the network's layers compute with.
READ_BY_LAYERS = frozenset({"weight", "bias", "running_mean", "running_var", "num_batches_tracked"})
# What counters and averaging leave: no layer has a parameter of such a name.
_COUNTERS = re.compile(
    r"total_(ops|params)|n_averaged|num_batches_tracked|num_updates|initted|step|decay"
    r"|_*(flops|macs|params|batch_counter)_*|__\w+__"
)
_PARAMETER = re.compile(r"\w*(weight|bias|gamma|beta|alpha|scale|running_mean|running_var)\w*")
# The weights of the classes in a loss.
_LOSS = re.compile(r"([\w.]*\.)?\w*(criterion|loss)\w*(\.\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """Names of tensors that are not the network's.

    `harmless` cannot change its answers. Of `unknown`, in a state_dict, the names alone do not show
    it, although they do not look like a layer's.
    """

    harmless: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """A note on what was left out, if anything."""
        names = (*self.harmless, *self.unknown)
        if not names:
            return ()
        kinds = tuple(dict.fromkeys(map(_kind, names)))
        said = text.counted(len(names), _ONE, _SEVERAL, kinds=text.several(kinds, _SHOWN))
        return (said,)

    @property
    def doubts(self) -> tuple[str, ...]:
        """A doubt for a person, if any."""
        if not self.unknown:
            return ()
        return (
            f"the state_dict also has {text.several(self.unknown, _SHOWN)}, which the measured "
            "network does not use",
        )


def _kind(name: str) -> str:
    """What a counter calls it on every layer, or the whole name."""
    leaf = name.rpartition(".")[2]
    return leaf if _COUNTERS.fullmatch(leaf) else name


def sort_leftovers(description: "Description", extra: Mapping[str, Sequence[int]]) -> Leftovers:
    """Sort the tensors `extra` of the network, by name, and the entries beside the network.

    Raises `Fault` for a tensor that may be a layer's.
    """
    harmless: list[str] = []
    unknown: list[str] = []
    paths = {record.path for record in description.modules}
    for name, shape in extra.items():
        path, _, leaf = name.rpartition(".")
        if description.kind == "module":
            # Each module's class is compared with torchvision's, which reads no other tensors.
            if path not in paths or leaf in READ_BY_LAYERS:
                raise _also_has(name)
            harmless.append(name)
        else:
            (unknown if _may_be_read(name, shape) else harmless).append(name)
    for name, beside in description.beside.items():
        if beside is None or _LOSS.fullmatch(name.rpartition(".")[0]):
            harmless.append(name)
        else:
            (unknown if _may_be_read(name, beside) else harmless).append(name)
    return Leftovers(harmless=tuple(harmless), unknown=tuple(unknown))


def _may_be_read(name: str, shape: Sequence[int]) -> bool:
    """False for a counter; True for a tensor of unknown use. Raises `Fault` for a layer's."""
    leaf = name.rpartition(".")[2]
    if _COUNTERS.fullmatch(leaf) and all(length <= 1 for length in shape):
        return False
    if _PARAMETER.fullmatch(leaf) or sum(length > 1 for length in shape) > 1:
        raise _also_has(name)
    return True


def _also_has(name: str) -> Fault:
    return Fault(f"This is not MobileNetV2: it also has {name}.", help=WHAT_TO_SAVE)
