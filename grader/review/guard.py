"""Access control of the review server: only browsers with the token, and only our own pages."""

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_BODY = 64 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
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


class Guard:
    """Wraps the application and answers every request without the token with 403.

    The token is in the first address, `/?token=…`, and then in a cookie that neither scripts nor
    other sites can use. The Host header must be ours, against DNS rebinding. Requests that change
    data must be JSON from our own origin: to a browser, servers on other ports of this machine are
    the same site.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"grader-review-{port}"  # cookies are shared between ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it to the application."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        else:
            await refusal(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return _forbidden("The Host header does not name this server.")
        query = parse_qs(scope["query_string"].decode("latin-1"))
        tokens = query.pop("token", [])
        if scope["method"] == "GET" and tokens and self._right(tokens[0]):
            return self._welcome(scope["path"], urlencode(query, doseq=True))
        if not self._right(self._kept(headers)):
            return _forbidden("Open the address that `grader review` printed.")
        if scope["method"] in ("GET", "HEAD"):
            return None
        return _fault_of_change(headers)

    def _welcome(self, path: str, query: str) -> Response:
        # "//host" would redirect to another host.
        address = "/" + path.lstrip("/\\") + (f"?{query}" if query else "")
        response = RedirectResponse(address, status_code=303)
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return response

    def _kept(self, headers: Headers) -> str:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return cookie.value if cookie else ""

    def _right(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())


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
