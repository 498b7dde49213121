"""The numbers that a clause states."""

import pytest

from grader.writeup.stated import Kind, stated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it is 2.2x faster", [(Kind.RATIO, 2.2)]),
        ("it is four times smaller", [(Kind.RATIO, 4)]),
        ("twice as fast", [(Kind.RATIO, 2)]),
        ("a speedup of 2.7", [(Kind.RATIO, 2.7)]),
        ("a quarter of fp32", [(Kind.RATIO, 4)]),
        ("half the size", [(Kind.RATIO, 2)]),
        ("half precision", []),
        ("reduced by a third", []),
        ("46% of the original", [(Kind.RATIO, 1 / 0.46)]),
        ("cropped to 20 x 20", []),
        ("75% smaller", [(Kind.CHANGE, 0.75)]),
        ("fell to 94.7%", [(Kind.FRACTION, 0.947)]),
        ("lower than 97.18%", [(Kind.FRACTION, 0.9718)]),
        ("accuracy drops after 90% of the weights are pruned", []),
        ("0.14 percentage points", [(Kind.DIFFERENCE, 0.0014)]),
        ("an accuracy of 0.9704", [(Kind.FRACTION, 0.9704)]),
        ("1.483 MB on disk", [(Kind.SIZE, 1_483_000)]),
        ("9.7 ± 0.3 ms", [(Kind.TIME, 0.0097)]),
        ("11.6 ms less", [(Kind.DIFFERENCE, 0.0116)]),
        ("saves 4.4 MB", [(Kind.DIFFERENCE, 4_400_000)]),
        ("20 bytes of one weight", []),
        ("the Cortex-A72 at 1.5 GHz", []),
    ],
)
def test_numbers_are_read_with_their_kind(text: str, expected: list[tuple[Kind, float]]) -> None:
    """Parts of the weights, products and clock rates say nothing of a row."""
    found = [(each.kind, each.number) for each in stated(text)]
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    assert [number for _, number in found] == pytest.approx([number for _, number in expected])


def test_a_rounded_number_is_rough() -> None:
    """A whole ratio and a percentage that ends with 0 or 5 are rounded; a bound is kept."""
    assert [each.bound for each in stated("4x smaller")] == ["~"]
    assert [each.bound for each in stated("4.0x smaller")] == [""]
    assert [each.bound for each in stated("50% slower")] == ["~"]
    assert [each.bound for each in stated("more than 2.1x faster")] == [">"]
