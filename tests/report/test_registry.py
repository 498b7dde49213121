import json
from xml.etree import ElementTree as ET

import pytest

from grader.report.registry import RENDERERS
from tests.report.examples import passed

ONE, OTHER = passed("B1", 44.0, 9300, 0.4), passed("B2", 44.0, 9300, 0.4)


def test_each_kind_is_what_it_is_called() -> None:
    """XML for CI, Markdown for GitHub, JSON for Gradescope."""
    assert ET.fromstring(RENDERERS["junit"]([ONE, OTHER])).tag == "testsuites"  # noqa: S314 - ours
    assert "B1" in RENDERERS["summary"]([ONE, OTHER])
    assert "score" in json.loads(RENDERERS["gradescope"]([ONE]))


def test_gradescope_takes_one_submission_at_a_time() -> None:
    """Two would be a bug of ours."""
    with pytest.raises(ValueError, match="too many"):
        RENDERERS["gradescope"]([ONE, OTHER])
