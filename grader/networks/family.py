"""The interface between the grader and one family of networks, such as MobileNetV2.

A family's folder has all code that knows the family. This module and a family's record import no
torch: a lab, a notebook and the sandbox's children need only names and shapes. `builder` and
`lower` import torch when they are called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:  # torch and pydantic take seconds to import; the sandbox's children need neither
    from grader.inference.runnable import Runnable
    from grader.networks.builder import Builder
    from grader.networks.description import Description

Shapes = Mapping[str, tuple[int, ...]]
"""The shape of each tensor, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """The output channels of a layer before and after pruning; `kept` is 0 if it was removed."""

    layer: str
    original: int
    kept: int


class Blueprint(Protocol):
    """The description of one network of a family, without its weights."""

    @property
    def classes(self) -> int:
        """The number of output classes."""
        ...

    @property
    def removed_layers(self) -> tuple[str, ...]:
        """The names of the layers or blocks that were removed completely."""
        ...

    def widths(self) -> tuple[Width, ...]:
        """Original and kept channels, layer by layer."""
        ...

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor in the network's state_dict, in its order."""
        ...


class Recognised(Protocol):
    """A hand-in recognised as one of the family, with the data that its builder needs."""

    @property
    def blueprint(self) -> Blueprint:
        """The hand-in's widths."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """The differences from the family's networks that change neither answers nor counts."""
        ...


R = TypeVar("R", bound=Recognised)


def _export(network: "Runnable", input_shape: tuple[int, int, int]) -> bytes:
    # torch and the exporter take seconds to import; only lowering needs them.
    from grader.inference.exporter import export

    return export(network, input_shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Generic[R]):
    """A family of networks: `name` in the lab file, `title` for people.

    `trunk` is the name of the network's first part, before which a wrapper's prefix stands in the
    names of tensors. `saved_classes` are the module classes of a saved network that a child may
    build: the full name as saved, by today's or an older version, mapped to today's name.
    `root_class` is the class of the network itself. `what_to_save` is the help for a hand-in that
    is something else, `save_plainly` for a network that was saved together with code.

    `recognise` takes a checkpoint's description and the shapes of its tensors, and raises `Fault`
    with the first difference from the family. `original` gives the unpruned network's blueprint for
    a number of classes. `builder` gives the family's `Builder`. `lower` makes an ExecuTorch program
    for one image of the input shape, by ExecuTorch's exporter unless the family has a faster way.
    """

    name: str
    title: str
    root_class: str
    trunk: str
    saved_classes: Mapping[str, str]
    what_to_save: str
    save_plainly: str
    recognise: Callable[["Description", Shapes], R]
    original: Callable[[int], Blueprint]
    builder: Callable[[], "Builder[R]"]
    lower: Callable[["Runnable", tuple[int, int, int]], bytes] = _export

    def prunable(self, classes: int) -> dict[str, tuple[int, ...]]:
        """Name and shape, in the unpruned network, of the weights that may be pruned.

        They are the weights of convolutions and linear layers, not biases or norms.
        """
        shapes = self.original(classes).shapes()
        return {name: shape for name, shape in shapes.items() if len(shape) > 1}
