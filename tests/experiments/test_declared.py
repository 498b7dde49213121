"""The changes that a text declares, and the sentences that declare none."""

import pytest

from grader.experiments.declared import declared_change, unclear_changes
from grader.experiments.exact import Change, parameters
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("We used the full 28x28 images.", Change(crop=28)),
        ("We used the original 28 × 28 images as inputs.", Change(crop=28)),  # noqa: RUF001
        ("The images were not cropped, as loading was easier.", Change(crop=28)),
        ("We didn't crop the images.", Change(crop=28)),
        ("We trained on uncropped MNIST.", Change(crop=28)),
        ("Instead of cropping to 20x20, we used all 28x28 pixels.", Change(crop=28)),
        ("The images are cropped to the centre 24x24.", Change(crop=24)),
        ("We used a hidden size of 512.", Change(hidden=(512, 512))),
        ("The hidden size was reduced from 1024 to 256.", Change(hidden=(256, 256))),
        ("We set hidden_size = 128 to save memory.", Change(hidden=(128, 128))),
        ("Our model has three hidden layers.", Change(hidden=(1024,) * 3)),
        ("The network has a single hidden layer of size 300.", Change(hidden=(300,))),
        ("We used 512 hidden units.", Change(hidden=(512, 512))),
        ("The network is 400-300-100-10.", Change(hidden=(300, 100))),
        ("The network is 400 → 512 → 512 → 10.", Change(hidden=(512, 512))),
        ("We ran 10 iterations of IMP.", Change(prune_iterations=10)),
        ("We only used ten pruning iterations.", Change(prune_iterations=10)),
        ("We used 12 iterations instead of 20.", Change(prune_iterations=12)),
        ("We pruned 20% of the remaining weights per iteration.", Change(prune_fraction=0.2)),
        ("In each iteration we pruned 50 % of the weights.", Change(prune_fraction=0.5)),
    ],
    ids=str,
)
def test_a_declared_change_is_found_with_its_sentence(sentence: str, change: Change) -> None:
    """Among sentences that declare nothing."""
    text = f"We use a Raspberry Pi 4 with 8 GB. {sentence} The accuracy is 97.3 %."
    found = declared_change(text, LAB)
    assert found is not None
    assert found.change == change
    assert found.quotes == (sentence,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We cropped the 28x28 images to 20x20.",
        "The full 28x28 images are cropped to the centre 20x20.",
        "MNIST has 28x28 images.",
        "The network has two hidden layers of size 1024.",
        "The network is 400 → 1024 → 1024 → 10.",
        "We did not change the hidden size to 512.",
        "If we used a hidden size of 512, the latency would fall.",
        "Could we have used the full 28x28 images?",
        "After 10 iterations the accuracy drops.",
        "The accuracy drops at iteration 10 of pruning.",
        "We measured the latency over 100 iterations of inference on the pruned model.",
        "We ran 20 iterations of pruning, each of which prunes 33% of the remaining weights.",
        "In the previous lab we used a hidden size of 512.",
        "The unsupported operation took 3-4-5 hours.",
        "We used Ubuntu 22.04 and 10 GB of disk.",
    ],
)
def test_other_sentences_declare_no_change(text: str) -> None:
    """Also those that name the lab's own numbers."""
    assert declared_change(text, LAB) is None


def test_two_different_values_declare_neither() -> None:
    """It is not clear which is that of the table."""
    text = "We used a hidden size of 512. We used a hidden size of 256."
    assert declared_change(text, LAB) is None


def test_several_changes_are_put_together() -> None:
    """The experiment has all of them."""
    found = declared_change("We used the full 28x28 images. We used a hidden size of 512.", LAB)
    assert found is not None
    assert found.spec.hidden == (512, 512)
    assert parameters(found.spec) == 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10
    assert len(found.quotes) == 2


def test_a_change_without_a_value_is_unclear() -> None:
    """A person reads it."""
    said = "We reduced the hidden size to save time."
    assert unclear_changes(f"It is a Pi. {said} We used a hidden size of 512.") == (said,)
    assert unclear_changes("The network is that of the lab.") == ()
