"""The replies of the review to a script that wants to save something."""

from starlette.responses import JSONResponse, Response

from grader.errors import GraderError
from grader.marks.decision_store import Overtaken
from grader.review.classroom import Classroom
from grader.types import Decision


def refused(why: str, status: int = 400) -> Response:
    """Return the reason why nothing was saved, with a status of HTTP."""
    return JSONResponse({"error": why}, status_code=status)


def refusal_to_decide(classroom: Classroom, decision: Decision, expected: int) -> Response | None:
    """Save a decision after version `expected`; return the reply if it was not saved, else None."""
    try:
        classroom.decide(decision, expected)
    except Overtaken as overtaken:
        return refused(f"{overtaken}: load the page again.", 409)
    except GraderError as error:
        return refused(f"{error} {error.help or ''}", 500)
    return None
