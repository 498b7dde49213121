from grader.lms.canvas.names import readings
from grader.lms.canvas.reading import doubt


def test_a_doubt_names_every_user_once() -> None:
    """And the file, so that a person can look."""
    member = "x_1_2_3_B1.zip"
    found = readings(member)
    why = doubt(member, [*found, *found])
    assert member in why
    assert all(why.count(f" {each.user} ") + why.count(f" {each.user}:") == 1 for each in found)
