"""Imports torch without the part that only computes shapes: import this module before torch.

`torch._meta_registrations` and the three packages that it imports serve torch's compiler, its
exporter and tensors on the meta device. They take a quarter of the import of torch, in every worker
and in every child of the sandbox that runs a network. The first import of one of the packages
imports all of it. Only a tensor on the meta device does not cause that: it misses its kernels. So
nothing that uses this module makes one, and a child that runs a student's code has torch whole.

The garbage collector is off meanwhile: it would visit the objects of a thousand modules again and
again.
"""

import contextlib
import gc
import importlib
import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from grader.inference.lean_imports import stand_in

_SHAPES = "torch._meta_registrations"
# Each imports _SHAPES, which imports the three: that works only if _SHAPES is the first.
_PACKAGES = frozenset({"torch._decomp", "torch._prims", "torch._refs"})
_PRIVATE = ("torch._", "torch.utils._")


class _ShapesFirst(MetaPathFinder):
    """Imports `_SHAPES` before any other private module of torch, as torch itself does."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Find a module that _SHAPES has imported; leave all others to Python."""
        if not name.startswith(_PRIVATE) or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        importlib.import_module(_SHAPES)
        module = sys.modules.get(name)
        if module is None or module.__spec__ is None:
            return None
        found = ModuleSpec(name, _Imported(module.__spec__))
        module.__spec__ = found  # else Python takes the spec from here, and imports it again
        return found


class _Imported(Loader):
    """Leaves a module as it is, with its own `spec`."""

    def __init__(self, spec: ModuleSpec) -> None:
        self._spec = spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that is imported already."""
        return sys.modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""
        module.__spec__ = self._spec


def _import_torch() -> None:
    """Import torch, unless it is imported already."""
    if "torch" in sys.modules:
        return
    with stand_in(_SHAPES), _no_collection():
        torch = importlib.import_module("torch")
    del torch._meta_registrations  # the stand-in
    torch._lazy_modules.update(name.removeprefix("torch.") for name in {_SHAPES, *_PACKAGES})
    sys.meta_path.insert(0, _ShapesFirst())


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Inside the block the garbage collector is off."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_import_torch()
