import torch

from reference.augment import prepared
from reference.network import build
from reference.surrogate import COLOURS, FRONT, surrogate, with_front, without_front
from tests.reference.networks import SMALL, random_images


def test_front_hands_the_pixels_of_the_small_image_through() -> None:
    """At 224 pixels features.2 answers what a resize to 56 gives, but for the rounding to bytes."""
    pixels = random_images(8).pixels
    network = with_front(surrogate(SMALL).state_dict(), SMALL, prepared(pixels, 224)).eval()
    with torch.no_grad():
        seen = network.features[:FRONT](prepared(pixels, 224))
    # A byte is 1/255/0.225 of a deviation; the mean of four bytes and the byte itself differ by
    # rounding, and a little more beside a kink of the interpolation.
    assert (seen[:, :COLOURS] - prepared(pixels, 56)).abs().mean() < 1 / 255 / 0.225
    assert not seen[:, COLOURS:].any()


def test_front_stays_when_training_goes_on() -> None:
    """In training mode, on the batch it was settled on, the front answers the same."""
    images = prepared(random_images(8).pixels, 224)
    network = with_front(surrogate(SMALL).state_dict(), SMALL, images)
    with torch.no_grad():
        evaluated = network.eval().features[:FRONT](images)
        trained = network.train().features[:FRONT](images)
    assert torch.allclose(evaluated, trained, atol=1e-3)


def test_without_front_keeps_the_rest() -> None:
    """Cutting the front off leaves every other tensor as it was."""
    network = build(SMALL)
    tensors = {name: value.clone() for name, value in network.state_dict().items()}
    rest = without_front(network).state_dict()
    assert set(rest) == {
        name
        for name in tensors
        if not name.startswith(("features.0.", "features.1.", "features.2."))
    }
    assert all(torch.equal(value, tensors[name]) for name, value in rest.items())
