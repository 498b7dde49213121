"""The static files of the pages."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_ASSETS = {
    "style.css": ("grader.report.pages", "templates/style.css", "text/css"),
    "review.css": ("grader.review", "static/review.css", "text/css"),
    "review.js": ("grader.review", "static/review.js", "text/javascript"),
    "remarks.css": ("grader.review", "static/remarks.css", "text/css"),
    "remarks.js": ("grader.review", "static/remarks.js", "text/javascript"),
    "keys.js": ("grader.review", "static/keys.js", "text/javascript"),
    "live.js": ("grader.review", "static/live.js", "text/javascript"),
    "write_up.css": ("grader.review", "static/write_up.css", "text/css"),
    "write_up.js": ("grader.review", "static/write_up.js", "text/javascript"),
    "similar.css": ("grader.review", "static/similar.css", "text/css"),
    "similar.js": ("grader.review", "static/similar.js", "text/javascript"),
    "entrance.js": ("grader.review", "static/entrance.js", "text/javascript"),
}


def asset(request: Request) -> Response:
    """A static file of the pages."""
    known = _ASSETS.get(request.path_params["name"])
    if known is None:
        return PlainTextResponse("There is no such file.", status_code=404)
    package, name, kind = known
    return Response((files(package) / name).read_text(encoding="utf-8"), media_type=kind)
