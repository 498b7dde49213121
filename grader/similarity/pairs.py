"""List the similar pairs and groups of a class, the strongest evidence first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from grader.intake.person import certain_person_of
from grader.similarity.answers import Answer, shared_answers
from grader.similarity.channels import Overlap, overlaps
from grader.similarity.groups import (
    Pair,
    Students,
    is_whole_class,
    more_than_one_student,
    pairs_of,
)
from grader.similarity.kernels import SharedKernels, shared_kernels
from grader.similarity.mistakes import SharedMistakes, shared_mistakes
from grader.similarity.nearness import Nearness, near_networks
from grader.similarity.sketch import Sketch
from grader.similarity.tensors import Shared, shared_tensors
from grader.similarity.wording import Template
from grader.types import Report

NEAR_SHARE = 0.25  # of the comparable tensors: fewer can be near because of the base
CHANCE = 6.0  # standard deviations above the overlap by chance
NEARLY_ALL = 0.9  # of the larger choice of channels
EVEN = 0.9  # the smaller choice over the larger, for a pair to count in the median
UNUSUAL = 5.0  # robust standard deviations above the class's median
BEYOND = 0.03  # of share above that median, at least
FEW = 3  # pairs: with fewer there is no median to compare with
ROBUST = 1.4826  # standard deviation / median absolute deviation of a normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPair:
    """Two similar students with their evidence, of one kind at least; None and () are none.

    `usual` is the share of common channels of the class's median pair, among pairs that kept
    about as many channels of each layer.
    """

    students: Pair
    tensors: Shared | None = None
    kernels: SharedKernels | None = None
    nearness: Nearness | None = None
    mistakes: SharedMistakes | None = None
    channels: Overlap | None = None
    usual: float | None = None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group too large for pairs that shares numbers of things, or the answers to `questions`.

    `apart` is the largest distance of a network of the group to the nearest other; None if they
    are no nearer than usual.
    """

    students: Students
    tensors: int = 0
    kernels: int = 0
    apart: float | None = None
    mistakes: int = 0
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarities:
    """The pairs and groups that a person should look at.

    `whole` is what nearly the whole class shares, for example the template or a base network; None
    if there is nothing. `usual` counts the pairs that share 90 % of their channels but are not
    listed, since that is usual in the class.
    """

    pairs: tuple[SimilarPair, ...]
    groups: tuple[Group, ...]
    usual: int
    whole: Group | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChoices:
    """The pairs listed for their choice of channels, and the number of usual pairs."""

    pairs: Mapping[Pair, Overlap]
    median: float | None
    usual: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The things that a class was given: the unpruned network, and the lab's blank notebook."""

    base: Sketch = field(default_factory=lambda: Sketch(student="", tensors={}))
    template: Template | None = None


def similarities(
    sketches: Sequence[Sketch], reports: Sequence[Report], given: Given | None = None
) -> Similarities:
    """Return the pairs and groups that a person should look at, without the things `given`."""
    known = given or Given()
    ordered = sorted(sketches, key=lambda each: each.student)
    named = sorted(reports, key=lambda each: each.submission.id)
    by_lms = {
        each.submission.id: person
        for each in reports
        if (person := certain_person_of(each.submission))
    }
    tensors = shared_tensors(ordered, known.base.tensors)
    conclusive = {pair: shared for pair, shared in tensors.pairs.items() if _conclusive(shared)}
    networks = [(each.student, each.kernels) for each in ordered]
    kernels = shared_kernels(networks, known.base.kernels)
    near = near_networks(networks, known.base.kernels)
    mistakes = shared_mistakes(named)
    channels = _chosen(ordered, by_lms)
    answers = shared_answers(named, known.template)
    found = (
        *(conclusive, kernels.pairs, near.pairs),
        *(mistakes.pairs, channels.pairs, answers.pairs),
    )
    pairs = [
        SimilarPair(
            students=pair,
            tensors=conclusive.get(pair),
            kernels=kernels.pairs.get(pair),
            nearness=near.pairs.get(pair),
            mistakes=mistakes.pairs.get(pair),
            channels=channels.pairs.get(pair),
            usual=channels.median,
            answers=answers.pairs.get(pair, ()),
        )
        for pair in dict.fromkeys(pair for each in found for pair in each)
        if more_than_one_student(pair, by_lms)
    ]
    crowds = (tensors.groups, kernels.groups, near.groups, mistakes.groups, answers.groups)
    groups = [
        Group(
            students=students,
            tensors=tensors.groups.get(students, 0),
            kernels=kernels.groups.get(students, 0),
            apart=near.groups.get(students),
            mistakes=mistakes.groups.get(students, 0),
            questions=answers.groups.get(students, ()),
        )
        for students in dict.fromkeys(students for each in crowds for students in each)
        if more_than_one_student(students, by_lms)
    ]
    whole = [each for each in groups if _is_whole_class(each, len(ordered), len(named))]
    parts = [each for each in groups if each not in whole]
    return Similarities(
        pairs=tuple(sorted(pairs, key=_strength, reverse=True)),
        groups=tuple(sorted(parts, key=_sharing, reverse=True)),
        whole=_together(whole) if whole else None,
        usual=channels.usual,
    )


def _is_whole_class(group: Group, networks: int, hand_ins: int) -> bool:
    of_weights = group.tensors or group.kernels or group.apart is not None
    return is_whole_class(group.students, networks if of_weights else hand_ins)


def _together(groups: Sequence[Group]) -> Group:
    """Return as one what several groups share, each of nearly the whole class."""
    apart = [each.apart for each in groups if each.apart is not None]
    return Group(
        students=tuple(dict.fromkeys(student for each in groups for student in each.students)),
        tensors=sum(each.tensors for each in groups),
        kernels=max(each.kernels for each in groups),
        apart=max(apart, default=None),
        mistakes=max(each.mistakes for each in groups),
        questions=tuple(dict.fromkeys(one for each in groups for one in each.questions)),
    )


def _conclusive(shared: Shared) -> bool:
    return bool(shared.equal) or shared.near >= NEAR_SHARE * shared.comparable


def _chosen(sketches: Sequence[Sketch], by_lms: Mapping[str, str]) -> ChannelChoices:
    """Return the pairs with nearly equal choices, far above chance and above the class's usual.

    With one criterion on one base, all students keep the same channels: then no pair is unusual.
    A larger choice contains a smaller one; so the median counts only choices of about one size.
    """
    students = [each.student for each in sketches]
    found = overlaps([each.kept for each in sketches])
    share = found.share
    even = [share[at] for at in pairs_of((found.more > 0) & (found.evenness >= EVEN))]
    candidates = pairs_of((share >= NEARLY_ALL) & (found.deviations >= CHANCE))
    same = [
        at for at in candidates if more_than_one_student([students[each] for each in at], by_lms)
    ]
    bound = _unusual(even) if len(even) >= FEW else 0.0
    listed = [at for at in same if share[at] > bound]
    return ChannelChoices(
        pairs={
            (students[first], students[second]): found.of(first, second) for first, second in listed
        },
        median=float(median(even)) if len(even) >= FEW else None,
        usual=len(same) - len(listed),
    )


def _unusual(shares: Sequence[float]) -> float:
    """Return the share above which a pair is unusual, from median and absolute deviations."""
    middle = float(np.median(shares))
    spread = ROBUST * float(np.median(np.abs(np.asarray(shares) - middle)))
    return middle + max(UNUSUAL * spread, BEYOND)


def _strength(each: SimilarPair) -> tuple[float, ...]:
    tensors, channels = each.tensors, each.channels
    return (
        tensors.equal if tensors else 0,
        each.kernels.shared if each.kernels else 0,
        each.mistakes is not None,
        each.nearness is not None,
        tensors.near if tensors else 0,
        len(each.answers),
        channels.share if channels else 0.0,
    )


def _sharing(each: Group) -> tuple[int, ...]:
    return each.tensors, each.kernels, each.mistakes, len(each.questions)
