"""Child: rebuilds a checkpoint's own module and sends its logits for a few images.

`answer CHECKPOINT {"family": …, "found_at": …, "seed": …, "images": …, "input_shape": …}`. The
message is a safetensors file with `logits`, float32 of shape (images, classes). The checkpoint is
read by the inert unpickler, and only stand-ins of the family's module classes become modules of
torch; every other object stays a stand-in. If the module cannot be made or fails, the child exits
with the cause as the last line on stderr.
"""

import json
import pickle
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from grader.networks.family import Family
from grader.networks.probe_images import probe_images
from grader.networks.registry import family_named
from grader.sandbox.child.container import Excessive, NotACheckpoint, read
from grader.sandbox.child.inert_pickle import RawTensor, StandIn
from grader.sandbox.child.message import message_pipe
from grader.sandbox.child.networks_in import (
    UnknownKey,
    Unreadable,
    Wanted,
    is_module,
    network_in,
)
from grader.sandbox.child.tensor_bytes import copied


def main() -> None:
    """Send the message for argv[1]."""
    with message_pipe() as pipe:
        pipe.write(answer(sys.argv[1], json.loads(sys.argv[2])))


def answer(path: str, settings: Mapping[str, Any]) -> bytes:
    """Return the message for the module at `path`."""
    module = load_module(path, settings["found_at"], family_named(settings["family"]))
    with torch.inference_mode():
        logits = module.eval()(probe_images(settings))
    return save({"logits": logits.float().contiguous()})


def load_module(path: str, found_at: str, family: Family[Any]) -> nn.Module:
    """Return the module at key `found_at` of a checkpoint, without the wrappers around it.

    If the file cannot be read or holds no module of the family, exits with the reason.
    """
    ours = family.builder().classes
    classes = {saved: ours[today] for saved, today in family.saved_classes.items()}
    wanted = Wanted(
        title=family.title, root_class=family.root_class, trunk=family.trunk, key=found_at
    )
    try:
        checkpoint = read(Path(path))
        found, _ = network_in(checkpoint.content, wanted)
        module = _Modules(checkpoint.storages, classes).made(found.content)
    except (pickle.UnpicklingError, NotACheckpoint, Excessive, UnknownKey) as error:
        sys.exit(f"the reader refuses {error}")
    except Unreadable as error:
        sys.exit(f"it {error}")
    except RecursionError:
        sys.exit("it nests its objects too deeply")
    if not isinstance(module, nn.Module):
        sys.exit("it holds no module of the family")
    return module


class _Modules:
    """Makes modules of torch from stand-ins; each object is made once, however often it is held."""

    def __init__(
        self, storages: Mapping[str, bytes], classes: Mapping[str, type[nn.Module]]
    ) -> None:
        self._storages = storages
        self._classes = classes
        self._made: dict[int, Any] = {}

    def made(self, value: object) -> Any:
        """Return `value` with its tensors and its modules of known classes made."""
        if id(value) not in self._made:
            self._made[id(value)] = value  # until it is made, as in an object that holds itself
            self._made[id(value)] = self._new(value)
        return self._made[id(value)]

    def _new(self, value: object) -> object:
        if type(value) is RawTensor:
            return torch.from_numpy(copied(value, self._storages, "a tensor").copy())
        if isinstance(value, StandIn):
            return self._module(value)
        if isinstance(value, dict):
            return {key: self.made(each) for key, each in value.items()}
        if type(value) in {list, tuple}:
            assert isinstance(value, list | tuple)
            return type(value)(self.made(each) for each in value)
        return value

    def _module(self, stand_in: StandIn) -> object:
        """Return the module for a stand-in of one; other stand-ins stay as they are.

        Raises `Unreadable` for a module of a class that is not the family's.
        """
        if not is_module(stand_in):
            return stand_in
        name = type(stand_in).qualified_name
        if name not in self._classes:
            raise Unreadable(f"holds a {name}, which the reader refuses")
        kind = self._classes[name]
        self._made[id(stand_in)] = module = kind.__new__(kind)
        state = self.made(stand_in.state)
        parameters = state.get("_parameters")
        for name, value in parameters.items() if isinstance(parameters, dict) else ():
            if isinstance(value, torch.Tensor):
                parameters[name] = nn.Parameter(value, requires_grad=False)
        module.__setstate__(state)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return module


if __name__ == "__main__":
    main()
