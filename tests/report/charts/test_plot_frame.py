from random import Random

import pytest

from grader.report.charts.plot_frame import Corner, Frame, frame

RANDOM = Random(19)  # noqa: S311 - invented networks
CLASS = [
    Corner(mflops=RANDOM.uniform(30, 90), accuracy=RANDOM.uniform(0.915, 0.935)) for _ in range(60)
]


def test_the_frame_is_around_the_class() -> None:
    """All of the class is inside, with a margin of 8 % on each side."""
    found = frame(CLASS)
    low, high = min(at.mflops for at in CLASS), max(at.mflops for at in CLASS)
    assert found.left == pytest.approx(low - 0.08 * (high - low))
    assert found.right == pytest.approx(high + 0.08 * (high - low))
    assert all(found.where(each) == "inside" for each in CLASS)


def test_one_far_network_does_not_stretch_the_frame() -> None:
    """It is outside, on the side where it lies, and the frame is that of the others."""
    far = {
        "right": Corner(mflops=319.0, accuracy=0.92),
        "left": Corner(mflops=-200.0, accuracy=0.92),
        "below": Corner(mflops=50.0, accuracy=0.1),
        "above": Corner(mflops=50.0, accuracy=0.999),
    }
    for side, each in far.items():
        found = frame([*CLASS, each])
        assert found == frame(CLASS)
        assert found.where(each) == side
        assert found.where(found.nearest(each)) == "inside"


def test_a_reference_network_is_inside_if_it_is_near() -> None:
    """A near one makes the frame larger, a far one does not."""
    near, far = Corner(mflops=25.0, accuracy=0.91), Corner(mflops=319.0, accuracy=0.963)
    found = frame(CLASS, [near, far])
    assert found.where(near) == "inside"
    assert found.where(far) == "above"
    assert found.right < 100


@pytest.mark.parametrize("many", [1, 2, 3, 4, 10])
def test_equal_networks_have_a_frame(many: int) -> None:
    """A frame is never empty: at least 10 MFLOPs and 2 % of accuracy."""
    found = frame([Corner(mflops=44.0, accuracy=0.93)] * many)
    assert found.right - found.left == pytest.approx(10)
    assert found.highest - found.lowest == pytest.approx(0.02)


def test_the_frame_has_no_impossible_place() -> None:
    """No MFLOPs below 0, and no accuracy below 0 or above 1."""
    found = frame([Corner(mflops=0.5, accuracy=0.0), Corner(mflops=100.0, accuracy=1.0)])
    assert found == Frame(left=0.0, right=found.right, lowest=0.0, highest=1.0)
    assert found.right == pytest.approx(107.96)
