"""The sparsity of each layer: read as data, and the sparse network's size worked out from it.

    size ratio = (parameters - sum of round(weights * sparsity)) / parameters

as the lab's notebook counts: nonzero parameters of all, biases and batch-norm included.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import Skip
from grader.notebook.checks.judgement import Asked, Broken, Judgement
from grader.notebook.checks.literal import Unreadable, table
from grader.notebook.locate import section_cells
from grader.structure.blueprint import ORIGINAL

ROUNDING = 0.0006  # half of the printed 0.01 %, and what batch-norm's own zeros make up

_SIZE = re.compile(r"=\s*(?P<value>\d{1,3}(?:\.\d{1,9})?)\s*% of dense model size")
_ACCURACY = re.compile(
    r"\baccuracy\s{0,3}[=:]?\s{0,3}(?P<value>\d{1,3}(?:\.\d{1,9})?)\s?%(?P<after>[^\n]{0,40})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A percentage that a cell, counted from 1, printed; `value` is a fraction."""

    value: float
    cell: int
    after: str = ""


def weights() -> dict[str, int]:
    """The 53 weights that may be pruned, and how many numbers each has, of the lab's network."""
    shapes = ORIGINAL.shapes().items()
    return {name: math.prod(shape) for name, shape in shapes if len(shape) > 1}


def parameters() -> int:
    """All parameters of the lab's network; running statistics are none."""
    kept = (
        math.prod(shape)
        for name, shape in ORIGINAL.shapes().items()
        if name.endswith((".weight", ".bias"))
    )
    return sum(kept)


def size_ratio(sparsities: dict[str, float]) -> float:
    """Nonzero parameters over all, after pruning what is named by its sparsity."""
    sizes = weights()
    gone = sum(
        round(sizes[name] * min(max(sparsity, 0.0), 1.0))
        for name, sparsity in sparsities.items()
        if name in sizes
    )
    return 1 - gone / parameters()


def check_sparsity_dict(asked: Asked) -> Judgement:
    """The properties `names`, `size` and `printed-accuracy`, which is the notebook's own word.

    Raises `Skip` where the dict is worked out by code.
    """
    settings = asked.question.settings
    assert settings.name is not None
    assert settings.size_ratio is not None
    assert settings.accuracy is not None
    try:
        sparsities = table(asked.located.text, settings.name)
    except Unreadable as error:
        raise Skip(f"{settings.name} cannot be read: {error}. A person judges it.") from error
    ratio = size_ratio(sparsities)
    sizes, accuracies = tuple(_printed(asked, _SIZE)), tuple(_printed(asked, _ACCURACY))
    accuracy = _after_tuning(accuracies)
    found = {
        "names": _names_fault(sparsities),
        "size": _size_fault(ratio, settings.size_ratio),
        "printed-accuracy": _accuracy_fault(accuracy, settings.accuracy),
    }
    return Judgement(
        held=tuple(each for each, why in found.items() if why is None),
        broken=tuple(Broken(property=each, why=why) for each, why in found.items() if why),
        evidence={
            "size_ratio": ratio,
            "printed_size_ratio": sizes[-1].value if sizes else None,
            "printed_accuracy": accuracy.value if accuracy else None,
            "printed_in_cell": accuracy.cell if accuracy else None,
        },
        review=_doubt(ratio, sizes, accuracy),
    )


def _names_fault(sparsities: dict[str, float]) -> str | None:
    known = weights()
    missing = [name for name in known if name not in sparsities]
    unknown = [name for name in sparsities if name not in known]
    outside = [name for name, each in sparsities.items() if not 0 <= each <= 1]
    for names, what in (
        (unknown, "names no weight of the network"),
        (missing, "is missing"),
        (outside, "has a sparsity that is not from 0 to 1"),
    ):
        if names:
            more = f", and so for {len(names) - 1} more" if len(names) > 1 else ""
            return f"{names[0][:60]} {what}{more}."
    return None


def _size_fault(ratio: float, most: float) -> str | None:
    if round(ratio, 4) <= most:
        return None
    return f"The sparse network has {ratio:.2%} of the dense one's size, above {most:.0%}."


def _accuracy_fault(found: Printed | None, goal: float) -> str | None:
    if found is None:
        return "The notebook printed no accuracy after it."
    if found.value > goal:
        return None
    return f"The notebook printed an accuracy of {found.value:.2%}, not above {goal:.2%}."


def _printed(asked: Asked, pattern: re.Pattern[str]) -> Iterator[Printed]:
    """What the cells of the question's section printed, from the dict's own cell on."""
    assert asked.located.cell is not None
    section = section_cells(asked.notebook, asked.lab, asked.question)
    for number in section:
        cell = asked.notebook.cells[number]
        if number + 1 < asked.located.cell or cell.kind != "code":
            continue
        for output in cell.outputs:
            for match in pattern.finditer(output.text):
                value = float(match["value"]) / 100
                after = match.groupdict().get("after") or ""
                yield Printed(value=value, cell=number + 1, after=after)


def _after_tuning(accuracies: tuple[Printed, ...]) -> Printed | None:
    """The last that says so; else the last that does not say that it comes before."""
    said = [each for each in accuracies if "after" in each.after.lower()]
    unsaid = [each for each in accuracies if "before" not in each.after.lower()]
    return next(reversed(said or unsaid), None)


def _doubt(ratio: float, sizes: tuple[Printed, ...], accuracy: Printed | None) -> str | None:
    if sizes and abs(sizes[-1].value - ratio) > ROUNDING:
        return (
            f"cell {sizes[-1].cell} printed {sizes[-1].value:.2%} of the dense size, and "
            f"sparsity_dict makes it {ratio:.2%}"
        )
    if accuracy is not None and not sizes:
        return f"the accuracy is as printed in cell {accuracy.cell}, beside no size to compare"
    return None
