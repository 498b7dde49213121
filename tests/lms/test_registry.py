from grader.lms.registry import READERS


def test_the_lms_whose_downloads_are_read() -> None:
    """Each is listed once, by the name that messages show."""
    assert list(READERS) == [
        *("moodle", "canvas", "gradescope", "brightspace", "sakai", "ilias", "folders")
    ]
