"""Checks the sparsity of each layer: it is read as data, and gives the sparse network's size.

    size ratio = (parameters - sum of round(weights * sparsity)) / parameters

as the lab's notebook counts: nonzero parameters over all, with biases and batch norm.
"""

import math
import re
from collections.abc import Iterable, Iterator

from grader.errors import Skip
from grader.evidence.question import Broken, SparsityDictEvidence
from grader.evidence.record import written
from grader.labs.network_lab import NetworkSpec
from grader.networks.registry import family_named
from grader.notebook.blank import blank_of
from grader.notebook.checks.judgement import Asked, Judgement
from grader.notebook.checks.literal import Unreadable, table
from grader.notebook.checks.printed_accuracy import Printed, after_tuning, doubts, printed_in
from grader.notebook.locate import changed_in, section_cells
from grader.text import sentence

ROUNDING = 0.0006  # half of the printed 0.01 %, plus the effect of zeros in batch norm

_SIZE = re.compile(r"=\s{0,3}(?P<value>\d{1,3}(?:\.\d{1,9})?)\s{0,3}% of dense model size")
FEWEST = 0.02  # of the weights: with fewer, hardly any network has an accuracy above the goal
A_PERSON = "A person judges it."
_NO_SIZE = "the accuracy is only as printed: the notebook printed no size to compare"


def weights(network: NetworkSpec) -> dict[str, int]:
    """Return the size of each prunable weight of the lab's network, by name."""
    shapes = family_named(network.family).prunable(network.classes)
    return {name: math.prod(shape) for name, shape in shapes.items()}


def parameters(network: NetworkSpec) -> int:
    """Return the number of parameters of the lab's network, without running statistics."""
    original = family_named(network.family).original(network.classes)
    kept = (
        math.prod(shape)
        for name, shape in original.shapes().items()
        if name.endswith((".weight", ".bias"))
    )
    return sum(kept)


def size_ratio(sparsities: dict[str, float], network: NetworkSpec) -> float:
    """Return nonzero parameters over all parameters, after pruning each named weight."""
    return 1 - _pruned(sparsities, network) / parameters(network)


def weights_left(sparsities: dict[str, float], network: NetworkSpec) -> float:
    """Return the nonzero prunable weights over all prunable weights."""
    return 1 - _pruned(sparsities, network) / sum(weights(network).values())


def _pruned(sparsities: dict[str, float], network: NetworkSpec) -> int:
    sizes = weights(network)
    return sum(
        round(sizes[name] * min(max(sparsity, 0.0), 1.0))
        for name, sparsity in sparsities.items()
        if name in sizes
    )


def check_sparsity_dict(asked: Asked) -> Judgement:
    """Judge the properties `names`, `size` and `printed-accuracy`, which the grader cannot verify.

    Raises `Skip` if code computes or changes the dict, if no accuracy is found, and if a person
    should look at the accuracy (`printed_accuracy.doubts`).
    """
    settings = asked.question.settings
    assert settings.name is not None
    assert settings.size_ratio is not None
    assert settings.accuracy is not None
    sparsities = _read(asked, settings.name)
    ratio = size_ratio(sparsities, asked.lab.network)
    sizes = tuple(printed_in(asked.notebook, _section(asked), _SIZE))
    accuracy = after_tuning(printed_in(asked.notebook, _section(asked)))
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
    unsure = []
    if accuracy is None:  # it may be there in a form that the pattern does not match
        unsure.append("the notebook printed no accuracy after pruning that the grader could find")
    elif found["printed-accuracy"] is None:
        unsure += _doubts(accuracy, asked, sparsities)
    if judgement.broken and differs:  # the dict that is read may not be the one that was run
        unsure.append(differs)
    if unsure:
        why = "; ".join(unsure)
        raise Skip(f"{why[0].upper()}{why[1:]}. {A_PERSON}", evidence=written(*judgement.evidence))
    return judgement


def _doubts(accuracy: Printed, asked: Asked, sparsities: dict[str, float]) -> Iterator[str]:
    """Yield why a person should look at an accuracy above the goal."""
    assert asked.located.cell is not None
    why = list(doubts(accuracy, asked.notebook, asked.located.cell))
    left = weights_left(sparsities, asked.lab.network)
    if left < FEWEST:
        why.append(f"only {left:.2%} of the weights remain")
    if why:
        yield f"the printed accuracy of {accuracy.value:.2%} needs a look: {', and '.join(why)}"


def _read(asked: Asked, name: str) -> dict[str, float]:
    """Return the dict as it is written. Raises `Skip` if code computes or changes it."""
    assert asked.located.cell is not None
    try:
        sparsities = table(asked.located.text, name)
    except Unreadable as error:
        raise Skip(f"{name} cannot be read: {sentence(error)} {A_PERSON}") from error
    blank = blank_of(asked.lab)
    changed = changed_in(asked.notebook, blank, asked.question, asked.located.cell - 1)
    if changed is not None:
        raise Skip(f"The code of cell {changed + 1} changes {name}. {A_PERSON}")
    return sparsities


def _names_fault(sparsities: dict[str, float], known: Iterable[str]) -> str | None:
    missing = [name for name in known if name not in sparsities]
    unknown = [name for name in sparsities if name not in known]
    outside = [name for name, each in sparsities.items() if not 0 <= each <= 1]
    for names, what in (
        (unknown, "is not a weight of the network"),
        (missing, "is missing"),
        (outside, "has a sparsity outside 0 to 1"),
    ):
        if names:
            more = f"; the same for {len(names) - 1} more" if len(names) > 1 else ""
            return f"{names[0][:60]} {what}{more}."
    return None


def _size_fault(ratio: float, most: float) -> str | None:
    if round(ratio, 4) <= most:
        return None
    return f"The sparse network has {ratio:.2%} of the dense network's size, above {most:.0%}."


def _accuracy_fault(found: Printed | None, goal: float) -> str | None:
    if found is None:
        return "The notebook printed no accuracy."
    if found.value > goal:
        return None
    return f"The notebook printed an accuracy of {found.value:.2%}, not above {goal:.2%}."


def _section(asked: Asked) -> Iterator[int]:
    """Yield the cells of the question's section, from 0, from the dict's cell on."""
    assert asked.located.cell is not None
    for number in section_cells(asked.notebook, asked.lab, asked.question):
        if number + 1 >= asked.located.cell:
            yield number


def _difference(ratio: float, sizes: tuple[Printed, ...]) -> str | None:
    if not sizes or abs(sizes[-1].value - ratio) <= ROUNDING:
        return None
    return (
        f"cell {sizes[-1].cell} printed {sizes[-1].value:.2%} of the dense size, and "
        f"sparsity_dict gives {ratio:.2%}"
    )
