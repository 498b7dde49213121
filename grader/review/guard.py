"""Access control of the review server: only browsers with the token, and only our own pages."""

import hmac
import secrets
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_BODY = 64 * 1024
ASSETS = "/static/"  # these have no data of the class, and are sent to everybody
ENTRANCE = f"{ASSETS}entrance.js"
SESSION = "/session"
_READS = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Tickets:
    """The token of the address: good once, then replaced by another one.

    `renewed` gets each new token.
    """

    def __init__(self, renewed: Callable[[str], object]) -> None:
        self._renewed = renewed
        self.current = ""
        self.renew()

    def renew(self) -> None:
        """Make a new token; the old one is no longer good."""
        self.current = secrets.token_urlsafe(32)
        self._renewed(self.current)

    def take(self, token: str) -> bool:
        """Return True if the token is good, and replace it."""
        if not _equal(token, self.current):
            return False
        self.renew()
        return True


class Guard:
    """Wraps the application and answers every request of another browser with 403.

    The address with the token, `/?token=…`, is good once. It gives the browser the secret of the
    session: in a cookie that neither scripts nor other sites can use, and for `ENTRANCE`, which
    keeps it in the browser's storage for this server alone. All servers of this machine share the
    cookies of 127.0.0.1, and can replace or push out ours, even while a page loads: then `ENTRANCE`
    asks for it again, and `ASSETS` need none. The Host header must be ours, against DNS rebinding.
    Requests that change data must be JSON from our own origin: to a browser, servers on other ports
    of this machine are the same site.
    """

    def __init__(self, app: ASGIApp, *, tickets: Tickets, port: int) -> None:
        self._app = app
        self._tickets = tickets
        self._secret = secrets.token_urlsafe(32)
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"grader-review-{port}"  # cookies are shared between ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it to the application."""
        if scope["type"] != "http":
            return
        own = await self._own_answer(scope, receive)
        if own is None:
            await self._app(scope, receive, _with_headers(send))
        else:
            if own.status_code >= 400:  # it keeps no connection open
                own.headers["Connection"] = "close"
            await own(scope, receive, _with_headers(send))

    async def _own_answer(self, scope: Scope, receive: Receive) -> Response | None:
        """Return the answer to a request that the application must not or need not answer."""
        headers, path, reads = Headers(scope=scope), scope["path"], scope["method"] in _READS
        fault = self._fault(headers, reads=reads)
        if fault is not None or (reads and path.startswith(ASSETS)):
            return fault
        if scope["method"] == "GET" and path == "/" and self._tickets.take(_token(scope)):
            return self._admitted(_entrance("Opening the review …", secret=self._secret))
        if path == SESSION and not reads:
            return await self._again(Request(scope, receive))
        if any(_equal(each, self._secret) for each in _values(headers, self._cookie)):
            return Response(status_code=204) if path == SESSION else None
        return _entrance(
            "This browser has not opened the review, or its address was used before. "
            "Open the file that `grader review` names.",
            status=403,
        )

    def _fault(self, headers: Headers, *, reads: bool) -> Response | None:
        if headers.get("host") not in self._hosts:
            return _forbidden("The Host header does not name this server.")
        return None if reads else _fault_of_change(headers)

    async def _again(self, request: Request) -> Response:
        """Give the cookie to a browser that has kept the secret."""
        try:
            said = await request.json()
        except (ValueError, RecursionError, ClientDisconnect):
            said = None
        if not isinstance(said, str) or not _equal(said, self._secret):
            return _forbidden("The secret is of another session.")
        return self._admitted(Response(status_code=204))

    def _admitted(self, response: Response) -> Response:
        response.set_cookie(self._cookie, self._secret, httponly=True, samesite="strict", path="/")
        return response


def _token(scope: Scope) -> str:
    return next(iter(parse_qs(scope["query_string"].decode("latin-1")).get("token", [])), "")


def _values(headers: Headers, name: str) -> Iterator[str]:
    """Yield the values of all cookies called `name`, whatever other cookies look like."""
    for header in headers.getlist("cookie"):
        for pair in header.split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                yield value.strip('"')


def _equal(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode())


def _entrance(words: str, *, secret: str = "", status: int = 200) -> Response:
    """The page that keeps a new secret, or sends the kept one; it then opens the address again.

    It is a page and not a redirect: a browser sends a strict cookie only if the page from which it
    comes is ours, and it comes from the file.
    """
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>grader review</title>'
        f'<body data-secret="{escape(secret)}"><p>{escape(words)}</p>'
        f'<script src="{ENTRANCE}"></script></body></html>',
        status_code=status,
    )


def _fault_of_change(headers: Headers) -> Response | None:
    if headers.get("origin") != f"http://{headers['host']}":
        return _forbidden("Only the review page can save marks.")
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return PlainTextResponse("A mark must be sent as JSON.", status_code=415)
    size = headers.get("content-length", "")
    if not size.isdecimal() or int(size) > LONGEST_BODY:
        return PlainTextResponse("The request is too large.", status_code=413)
    return None


def _forbidden(why: str) -> Response:
    return PlainTextResponse(why, status_code=403)


def _with_headers(send: Send) -> Send:
    async def headed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return headed
