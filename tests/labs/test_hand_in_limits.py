import pytest
from pydantic import ValidationError

from grader.labs.hand_in_limits import HandInLimits
from grader.labs.kinds import network_lab
from grader.types import Role

LIMITS = network_lab("prune-mobilenet-2025").limits


def test_each_role_has_a_largest_size() -> None:
    """The size of a file is limited by what it is."""
    sizes = {role: LIMITS.of(role) for role in Role if role is not Role.WRITE_UP}
    assert sizes[Role.NOTEBOOK] == LIMITS.notebook_bytes
    assert sizes[Role.CHECKPOINT] == LIMITS.checkpoint_bytes
    assert all(size > 0 for size in sizes.values())


@pytest.mark.parametrize(("key", "value"), [("unpacked_bytes", 0), ("ratio", 1)])
def test_a_limit_is_a_positive_number(key: str, value: object) -> None:
    """Zero would refuse every hand-in, and a ratio of 1 every compressed archive."""
    with pytest.raises(ValidationError, match=key):
        HandInLimits.model_validate({**LIMITS.model_dump(), key: value})
