"""The person of a hand-in: marks and a results folder belong to a person, not to a name."""

from grader.intake.names import same_on_some_system
from grader.types import Submission

# The LMSs whose number is that of the student, in every hand-in of an assignment. Gradescope's is
# that of the hand-in: a student who hands in again has another one.
NUMBERING = frozenset({"brightspace", "canvas", "folders", "ilias", "moodle", "sakai"})


def person_of(submission: Submission) -> str:
    """Return the key of the person: `canvas:2004` by the LMS's number, else `id:` and the id.

    The id is in the form of `same_on_some_system`, so that `B1` and `b1` are one person.
    """
    came = submission.handed_in
    if came is not None and came.lms in NUMBERING and came.lms_id:
        return f"{came.lms}:{came.lms_id}"
    return person_with(submission.id)


def person_with(id: str) -> str:
    """Return the key of the person who is known only by the student's id."""
    return f"id:{same_on_some_system(id)}"
