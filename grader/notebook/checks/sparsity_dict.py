"""The sparsity of each layer: read as data, and the sparse network's size worked out from it.

    size ratio = (parameters - sum of round(weights * sparsity)) / parameters

as the lab's notebook counts: nonzero parameters of all, biases and batch-norm included.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.errors import Skip
from grader.evidence.question import Broken, SparsityDictEvidence
from grader.evidence.record import written
from grader.labs.spec import NetworkSpec
from grader.networks.registry import family_named
from grader.notebook.blank import read_blank
from grader.notebook.checks.judgement import Asked, Judgement
from grader.notebook.checks.literal import Unreadable, table
from grader.notebook.locate import changed_in, section_cells

ROUNDING = 0.0006  # half of the printed 0.01 %, and what batch-norm's own zeros make up

_SIZE = re.compile(r"=\s{0,3}(?P<value>\d{1,3}(?:\.\d{1,9})?)\s{0,3}% of dense model size")
_ACCURACY = re.compile(
    r"\bacc(?:uracy)?\b\s{0,3}(?:[=:]|is)?\s{0,3}(?P<value>\d{1,3}(?:\.\d{1,9})?)(?![\d.])"
    r"(?:\s?(?P<percent>%))?",
    re.IGNORECASE,
)
_AROUND = 60  # characters before and after an accuracy that say whose it is
_NOT_IT = re.compile(r"\b(?:before|dense|original|baseline|train(?:ing)?)\b", re.IGNORECASE)
_IT = re.compile(r"\bafter\b", re.IGNORECASE)
A_PERSON = "A person judges it."
_NO_SIZE = "the accuracy is as printed, beside no size to compare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A fraction that a cell, counted from 1, printed; `around` is the line it stands in."""

    value: float
    cell: int
    around: str


def weights(network: NetworkSpec) -> dict[str, int]:
    """The weights that may be pruned, and how many numbers each has, of the lab's network."""
    shapes = family_named(network.family).prunable(network.classes)
    return {name: math.prod(shape) for name, shape in shapes.items()}


def parameters(network: NetworkSpec) -> int:
    """All parameters of the lab's network; running statistics are none."""
    original = family_named(network.family).original(network.classes)
    kept = (
        math.prod(shape)
        for name, shape in original.shapes().items()
        if name.endswith((".weight", ".bias"))
    )
    return sum(kept)


def size_ratio(sparsities: dict[str, float], network: NetworkSpec) -> float:
    """Nonzero parameters over all, after pruning what is named by its sparsity."""
    sizes = weights(network)
    gone = sum(
        round(sizes[name] * min(max(sparsity, 0.0), 1.0))
        for name, sparsity in sparsities.items()
        if name in sizes
    )
    return 1 - gone / parameters(network)


def check_sparsity_dict(asked: Asked) -> Judgement:
    """The properties `names`, `size` and `printed-accuracy`, which is the notebook's own word.

    Raises `Skip` where code works the dict out or changes it, and where no accuracy is found.
    """
    settings = asked.question.settings
    assert settings.name is not None
    assert settings.size_ratio is not None
    assert settings.accuracy is not None
    sparsities = _read(asked, settings.name)
    ratio = size_ratio(sparsities, asked.lab.network)
    sizes = tuple(_printed(asked, _SIZE))
    accuracy = _after_tuning(tuple(_printed(asked, _ACCURACY)))
    found = {
        "names": _names_fault(sparsities, weights(asked.lab.network)),
        "size": _size_fault(ratio, settings.size_ratio),
        "printed-accuracy": _accuracy_fault(accuracy, settings.accuracy),
    }
    differs = _difference(ratio, sizes)
    judgement = Judgement(
        held=tuple(each for each, why in found.items() if why is None),
        broken=tuple(Broken(property=each, why=why) for each, why in found.items() if why),
        seen=SparsityDictEvidence(
            size_ratio=ratio,
            printed_size_ratio=sizes[-1].value if sizes else None,
            printed_accuracy=accuracy.value if accuracy else None,
            printed_in_cell=accuracy.cell if accuracy else None,
        ),
        review=differs or (None if sizes or accuracy is None else _NO_SIZE),
    )
    unsure = None
    if accuracy is None:  # it may be there in words that nobody thought of
        unsure = "no accuracy after it is found in what the notebook printed"
    elif judgement.broken and differs:  # what is read may not be what was run
        unsure = differs
    if unsure:
        raise Skip(
            f"{unsure[0].upper()}{unsure[1:]}. {A_PERSON}", evidence=written(*judgement.evidence)
        )
    return judgement


def _read(asked: Asked, name: str) -> dict[str, float]:
    """The dict as it is written. Raises `Skip` where code makes or changes it."""
    assert asked.located.cell is not None
    try:
        sparsities = table(asked.located.text, name)
    except Unreadable as error:
        raise Skip(f"{name} cannot be read: {error}. {A_PERSON}") from error
    blank = read_blank(asked.lab.blank)
    changed = changed_in(asked.notebook, blank, asked.question, asked.located.cell - 1)
    if changed is not None:
        raise Skip(f"{name} is changed by the code of cell {changed + 1}. {A_PERSON}")
    return sparsities


def _names_fault(sparsities: dict[str, float], known: Iterable[str]) -> str | None:
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
        return "None is found in what the notebook printed."
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
                value = float(match["value"])
                percent = value > 1 or match.groupdict().get("percent", "%")
                around = _line_around(output.text, match)
                yield Printed(
                    value=value / 100 if percent else value, cell=number + 1, around=around
                )


def _line_around(text: str, match: re.Match[str]) -> str:
    before = text[max(0, match.start() - _AROUND) : match.start()].rpartition("\n")[2]
    return before + text[match.start() : match.end() + _AROUND].partition("\n")[0]


def _after_tuning(accuracies: tuple[Printed, ...]) -> Printed | None:
    """The last that says so; else the last that does not say that it is of something else."""
    others = [each for each in accuracies if not _NOT_IT.search(each.around)]
    said = [each for each in others if _IT.search(each.around)]
    return next(reversed(said or others), None)


def _difference(ratio: float, sizes: tuple[Printed, ...]) -> str | None:
    if not sizes or abs(sizes[-1].value - ratio) <= ROUNDING:
        return None
    return (
        f"cell {sizes[-1].cell} printed {sizes[-1].value:.2%} of the dense size, and "
        f"sparsity_dict makes it {ratio:.2%}"
    )
