"""Training and accuracy."""

import torch

from grader.experiments.images import ExperimentImages
from grader.experiments.training import accuracy, part_seed, train, untrained
from tests.experiments.tiny import tiny_experiment

SPEC = tiny_experiment().model_copy(update={"epochs": 20, "learning_rate": 0.01})


def test_training_learns_and_can_be_repeated(images: ExperimentImages) -> None:
    """The same seed gives the same weights; another order gives others."""
    found = []
    for seed in (1, 1, 2):
        network = untrained(SPEC, 0)
        train(network, images.train, SPEC, seed)
        found.append(network)
    assert accuracy(found[0], images.test) > 0.8 > accuracy(untrained(SPEC, 0), images.test)
    first, again, other = (each.state_dict()["out.weight"] for each in found)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_seed_gives_the_weights_and_changes_nothing_else() -> None:
    """The random numbers of the rest of the program do not depend on it."""
    state = torch.get_rng_state()
    first, again, other = (untrained(SPEC, seed).state_dict() for seed in (3, 3, 4))
    assert torch.equal(first["out.weight"], again["out.weight"])
    assert not torch.equal(first["out.weight"], other["out.weight"])
    assert torch.equal(state, torch.get_rng_state())


def test_accuracy_is_the_fraction_of_correct_answers(images: ExperimentImages) -> None:
    """A network that always answers 3 is right for every tenth image."""

    def three(inputs: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.one_hot(torch.full((len(inputs),), 3), 10).float()

    threes = int((images.test.classes == 3).sum())
    assert accuracy(three, images.test) == threes / len(images.test.classes)


def test_each_part_has_its_own_seed() -> None:
    """Always the same one."""
    seeds = {part_seed(seed, way, i) for seed in (0, 1) for way in ("a", "b") for i in (1, 2)}
    assert len(seeds) == 8
    assert part_seed(0, "a", 1) == part_seed(0, "a", 1)
