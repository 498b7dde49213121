"""Who may ask the review server for anything: a browser that was given the token, and no page."""

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
    """Wraps the application: every request without the token ends here, with 403.

    The token stands once in the address, `/?token=…`, and is then a cookie that neither scripts
    nor other sites can use. The Host must be ours, so that no name that a page of somebody else's
    resolves to this machine gets through. What changes something must come from our own page, as
    JSON: other servers on this machine's ports count as the same site to a browser.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"grader-review-{port}"  # cookies are shared between ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
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
            return _forbidden("This server goes by another name.")
        query = parse_qs(scope["query_string"].decode("latin-1"))
        brought = query.pop("token", [])
        if scope["method"] == "GET" and brought and self._right(brought[0]):
            return self._welcome(scope["path"], urlencode(query, doseq=True))
        if not self._right(self._kept(headers)):
            return _forbidden("Open the address that `grader review` printed.")
        if scope["method"] in ("GET", "HEAD"):
            return None
        return _fault_of_change(headers)

    def _welcome(self, path: str, query: str) -> Response:
        # "//host" would lead elsewhere.
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
        return _forbidden("Marks are taken from the review page only.")
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return PlainTextResponse("Marks are JSON.", status_code=415)
    size = headers.get("content-length", "")
    if not size.isdecimal() or int(size) > LONGEST_BODY:
        return PlainTextResponse("That is too much for a mark.", status_code=413)
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
