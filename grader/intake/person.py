"""The person of a hand-in: marks and a results folder belong to a person, not to a name."""

from grader.intake.names import same_on_some_system
from grader.types import Submission

# The LMSs whose number is that of the student, in every hand-in of an assignment. Gradescope's is
# that of the hand-in: a student who hands in again has another one.
NUMBERING = frozenset({"brightspace", "canvas", "folders", "ilias", "moodle", "sakai"})


def person_of(submission: Submission) -> str:
    """Return the key of the person whose marks these are: `canvas:2004`, else `id:` and the id.

    The id is in the form of `same_on_some_system`, so that `B1` and `b1` are one person.
    """
    came = submission.handed_in
    if came is not None and came.lms in NUMBERING and came.lms_id:
        return f"{came.lms}:{came.lms_id}"
    return person_with(submission.id)


def certain_person_of(submission: Submission) -> str | None:
    """Return the key of the person of whom the LMS is certain; None where it is not.

    It has the LMS's number and name of the student. Ids and names of files never decide it, since
    students choose them; nor does a folder's name, or a number of which it is not certain whose it
    is. So two hand-ins with one key are of one student, and two without may be, too.
    """
    came = submission.handed_in
    if came is None or came.lms not in NUMBERING - {"folders"} or not came.lms_id or came.review:
        return None
    return f"{came.lms}:{came.lms_id} {came.name or ''}"


def person_with(id: str) -> str:
    """Return the key of the person who is known only by the student's id."""
    return f"id:{same_on_some_system(id)}"
