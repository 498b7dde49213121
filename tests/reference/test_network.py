import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.networks.mobilenet_v2.vision import InvertedResidual, MobileNetV2
from reference.network import Block, Widths, build, mflops, widths_of
from tests.reference.networks import SMALL

ORIGINAL = Widths(
    stem=32,
    blocks=tuple(
        Block(hidden=hidden, out=out)
        for hidden, out in (
            *((32, 16), (96, 24), (144, 24), (144, 32), (192, 32), (192, 32), (192, 64)),
            *((384, 64), (384, 64), (384, 64), (384, 96), (576, 96), (576, 96)),
            *((576, 160), (960, 160), (960, 160), (960, 320)),
        )
    ),
    last=1280,
)


def test_original_widths_give_torchvisions_network() -> None:
    """With torchvision's own widths every tensor has torchvision's name and shape."""
    ours, theirs = build(ORIGINAL), MobileNetV2(num_classes=10)
    shapes = {name: value.shape for name, value in theirs.state_dict().items()}
    assert {name: value.shape for name, value in ours.state_dict().items()} == shapes
    residual = [m.use_res_connect for m in ours.modules() if isinstance(m, InvertedResidual)]
    assert residual == [
        m.use_res_connect for m in theirs.modules() if isinstance(m, InvertedResidual)
    ]


@settings(max_examples=20)
@given(hidden=st.integers(1, 20), out=st.integers(1, 20))
def test_widths_are_read_back(hidden: int, out: int) -> None:
    """Any widths, expansion below 1 and equal to 1 too, survive the network and the lists."""
    blocks = (*SMALL.blocks[:16], Block(hidden=hidden, out=out))
    widths = Widths(stem=3, blocks=blocks, last=out + 1)
    assert widths_of(build(widths)) == widths
    assert Widths.from_lists(widths.as_lists()) == widths


def test_mflops_of_the_unpruned_network() -> None:
    """The 10-class MobileNetV2 counts 318.969098 MFLOPs, and keeps its mode."""
    network = build(ORIGINAL).train()
    assert mflops(network) == 318.969098
    assert network.training


def test_expansion_of_one_keeps_its_convolution() -> None:
    """A block as wide inside as outside still has the expansion that torchvision would drop."""
    network = build(SMALL)
    assert len(network.features[2].conv) == 4
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
