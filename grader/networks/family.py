"""The seam between the grader and one family of networks, such as MobileNetV2.

A family's folder holds all that is known of it. What stands here, and what a family's record is
made of, imports no torch: a lab, a notebook and the sandbox's children ask for names and shapes
alone. `builder` and `lower` import it when they are called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:  # torch and pydantic take seconds, which a child of the sandbox need not wait for
    from grader.inference.runnable import Runnable
    from grader.networks.builder import Builder
    from grader.networks.description import Description

Shapes = Mapping[str, tuple[int, ...]]
"""The shape of each tensor, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """How many output channels a layer had and has; `kept` is 0 where the layer is gone."""

    layer: str
    original: int
    kept: int


class Blueprint(Protocol):
    """Everything that tells one network of a family from another, but for the weights."""

    @property
    def classes(self) -> int:
        """How many classes the network has."""
        ...

    @property
    def removed_layers(self) -> tuple[str, ...]:
        """The names of what was removed as a whole."""
        ...

    def widths(self) -> tuple[Width, ...]:
        """Original and kept channels, layer by layer."""
        ...

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor in the network's state_dict, in its order."""
        ...


class Recognised(Protocol):
    """A hand-in recognised as one of the family, with whatever else its builder needs."""

    @property
    def blueprint(self) -> Blueprint:
        """The hand-in's widths."""
        ...


R = TypeVar("R", bound=Recognised)


def _export(network: "Runnable", input_shape: tuple[int, int, int]) -> bytes:
    # torch and the exporter take seconds, which only who lowers a network has to wait for.
    from grader.inference.exporter import export

    return export(network, input_shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Generic[R]):
    """A family of networks: `name` in the lab file, `title` for people.

    `saved_classes` are the module classes of a saved network, which a child may build: the full
    name as saved, today's or an older version's, to today's. `root_class` is that of the network
    itself. `what_to_save` and `save_plainly` are the help for who handed in something else, or a
    network together with code.

    `recognise` takes a checkpoint's description and the shapes of its tensors, and raises `Fault`
    with the first difference from the family. `original` is the unpruned network of so many
    classes. `builder` gives what makes networks of it. `lower` makes an ExecuTorch program for one
    image of the input shape, by ExecuTorch's exporter unless the family knows a quicker way.
    """

    name: str
    title: str
    root_class: str
    saved_classes: Mapping[str, str]
    what_to_save: str
    save_plainly: str
    recognise: Callable[["Description", Shapes], R]
    original: Callable[[int], Blueprint]
    builder: Callable[[], "Builder[R]"]
    lower: Callable[["Runnable", tuple[int, int, int]], bytes] = _export

    def prunable(self, classes: int) -> dict[str, tuple[int, ...]]:
        """Name and shape of the weights that may be pruned, of the unpruned network.

        They are the weights of convolutions and linear layers; biases and norms are none.
        """
        shapes = self.original(classes).shapes()
        return {name: shape for name, shape in shapes.items() if len(shape) > 1}
