"""The sandbox child's description of a checkpoint, validated before it is used."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from grader.errors import HarnessError

Name = Annotated[str, Field(max_length=2_000)]
Primitive = None | bool | int | float | Annotated[str, Field(max_length=200)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ModuleRecord(_Record):
    """One module of a full pickle: its class by name, its plain attributes, its children in order.

    `unusual` names attributes that no plain layer has: hooks that are set, shadowed methods.
    """

    path: Name
    class_name: Annotated[Name, Field(alias="class")]
    attributes: dict[Name, Primitive | list[Primitive]]
    unusual: list[Name]
    children: list[Name]


class Description(_Record):
    """The modules' classes and attributes, and the tensors' names in the checkpoint's own order.

    The shapes are read from the tensors themselves, which safetensors keeps in no order.
    `protocol` is the pickle's. `found_at` is the dotted key of the network in the saved object,
    `others` are the keys of the other networks there. Of a state_dict, `prefix` stood before the
    names in `tensors`, and `beside` has what is in it beside them: a tensor's shape, else None.
    A checkpoint that is refused has the reason instead; `quantised` is true if such a file has the
    names of a quantised network's classes or functions in it.
    """

    format: Literal["zip", "legacy"] = "zip"
    protocol: int = 2
    found_at: Name = ""
    others: Annotated[list[Name], Field(max_length=100)] = []
    prefix: Name = ""
    beside: dict[Name, list[int] | None] = {}
    kind: Literal["module", "state_dict"] | None = None
    modules: Annotated[list[ModuleRecord], Field(max_length=2_001)] = []
    tensors: list[Name] = []
    unreadable: Name | None = None
    refused_global: Name | None = None
    quantised: bool = False
    saved_method: Name | None = None
    unknown_key: list[Name] | None = None

    @model_validator(mode="after")
    def _describes_or_refuses(self) -> Self:
        refusals = (self.unreadable, self.refused_global, self.saved_method, self.unknown_key)
        if self.kind is None and all(each is None for each in refusals):
            raise ValueError("it neither describes nor refuses")
        return self

    @model_validator(mode="after")
    def _modules_are_one_tree(self) -> Self:
        """Check that following `children` from the root reaches every module exactly once."""
        root = [""] if self.kind == "module" else []
        children = [
            f"{each.path}.{name}".lstrip(".") for each in self.modules for name in each.children
        ]
        if sorted(root + children) != sorted(each.path for each in self.modules):
            raise ValueError("its modules do not form a tree")
        return self


def parse(metadata: dict[str, str]) -> Description:
    """The description in a message's metadata. Raises `HarnessError` if it is malformed."""
    try:
        raw: Any = json.loads(metadata["description"])
        return Description.model_validate(raw)
    except (KeyError, ValueError, RecursionError, ValidationError) as error:
        raise HarnessError(f"The checkpoint's reader sent a bad description: {error}") from error
