"""The reasons for a checkpoint that the reader refused, each named as what it is."""

import re
from typing import Any

from grader.errors import Fault
from grader.networks.description import Description
from grader.networks.family import Family

_COUNTER = (
    "A counter's methods were saved with the model: save before counting, or save the state_dict."
)
_QUANTISED = re.compile(
    r"quant|qtensor|\b[Qq]U?[Ii]nt\d|per_(tensor|channel)_affine|torchao|bitsandbytes"
)
_KNOWN = (  # a pattern of the refused name; what the file holds, as a predicate; the help
    (
        re.compile(r"torch\.(jit\b.*|_C\.Script.*)"),
        "holds a TorchScript module",
        "Save the model itself before torch.jit.script or torch.jit.trace.",
    ),
    (
        re.compile(r"torch\.fx\b.*"),
        "holds a torch.fx GraphModule, whose code is in the file",
        "Save the model itself before torch.fx traces it.",
    ),
    (
        re.compile(r"torch\.storage\._load_from_bytes"),
        "was written by pickle or joblib, not by torch.save",
        "Save it with torch.save(model, 'mobilenet.pth').",
    ),
    (
        re.compile(r"__main__\..*"),
        "holds a class or function of your notebook",
        "",
    ),
)
_NOT_RUN = "The file was not loaded and nothing in it was run."


def refusal(description: Description, name: str, family: Family[Any]) -> Fault | None:
    """Return the fault of the file `name`; None if the reader did not refuse it."""
    if description.saved_method is not None:
        return Fault(
            f"{name} holds {description.saved_method}, a method of a layer, which is not part of a "
            f"{family.title}. {_NOT_RUN}",
            help=_COUNTER,
        )
    if description.refused_global is not None:
        return _refused_global(description, name, family)
    if description.unreadable is not None:
        return Fault(f"{name} {description.unreadable}.", help=family.what_to_save)
    return None


def _refused_global(description: Description, name: str, family: Family[Any]) -> Fault:
    refused = description.refused_global or ""
    asks = f"it asks to load {refused!r}, which is not part of a {family.title}. {_NOT_RUN}"
    if description.quantised or _QUANTISED.search(refused):
        return Fault(
            f"{name} holds a quantised network: {asks}",
            help="The lab measures the float32 network: save it before quantising.",
        )
    for pattern, what, advice in _KNOWN:
        if pattern.fullmatch(refused):
            return Fault(f"{name} {what}: {asks}", help=advice or family.save_plainly)
    return Fault(
        f"{name} asks to load {refused!r}, which is not part of a {family.title}. {_NOT_RUN}",
        help=family.save_plainly,
    )
