from typing import get_args

import pytest

from grader.writeup.description import RefusalKind
from grader.writeup.refusals import refusal


@pytest.mark.parametrize("kind", get_args(RefusalKind))
def test_every_refusal_has_a_reason_and_a_help(kind: RefusalKind) -> None:
    """The kind is in the evidence."""
    fault = refusal("report.pdf", kind)
    assert fault.reason.startswith("report.pdf ")
    assert fault.help
    assert fault.evidence == {"refused": kind}
