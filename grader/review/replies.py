"""The replies of the review to a script that wants to save something."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from grader.errors import GraderError
from grader.marks.decision_store import Overtaken
from grader.review.classroom import Classroom
from grader.types import Decision

Sent = TypeVar("Sent")


def refused(why: str, status: int = 400) -> Response:
    """Return the reason why nothing was saved, with a status of HTTP."""
    return JSONResponse({"error": why}, status_code=status)


def sentence(why: str) -> str:
    """Return a reason as a sentence."""
    return f"{why[0].upper()}{why[1:]}."


def saving(
    parse: Callable[[object], Sent], save: Callable[[Sent], Response]
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that validates what the page sends by `parse`, and calls `save` with it.

    `save` runs in a thread. What it raises is told, and nothing is saved.
    """

    async def endpoint(request: Request) -> Response:
        try:
            sent = parse(await request.json())
        except (ValueError, RecursionError, ClientDisconnect):
            return refused("The request does not have the right form.")
        try:
            return await run_in_threadpool(save, sent)
        except HTTPException as wrong:  # no such student, no such question
            return refused(wrong.detail, wrong.status_code)
        except GraderError as error:
            return refused(f"{error} {error.help or ''}", status=500)

    return endpoint


def refusal_to_decide(classroom: Classroom, decision: Decision, expected: int) -> Response | None:
    """Save a decision after version `expected`; return the reply if it was not saved, else None."""
    try:
        classroom.decide(decision, expected)
    except Overtaken as overtaken:
        return refused(f"{overtaken}: load the page again.", 409)
    except GraderError as error:
        return refused(f"{error} {error.help or ''}", 500)
    return None
