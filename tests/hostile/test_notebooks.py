"""Hostile notebooks, each through the real child: a typed verdict, and a page that does nothing."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from grader.errors import Fault
from grader.evaluators.notebook import measure_notebook
from grader.intake import receive
from grader.labs.kinds import network_lab
from grader.notebook.page import body, kept, page
from grader.notebook.read import read_notebook
from grader.sandbox.start import best_isolation
from grader.types import Status
from tests.hostile.case import Case, folder_cases
from tests.hostile.drawing import drawn
from tests.hostile.inspect_page import inspected
from tests.hostile.notebooks import CASES
from tests.hostile.page_bombs import BOMBS
from tests.notebook.books import book, code, encoded, handed_in, markdown, opened, shown

pytestmark = pytest.mark.system

FOLDERS = folder_cases("notebooks", "notebook.ipynb")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LONGEST_PAGE = 16 << 20
TITLE = '312551001</title><script>document.title="run"</script>'


@pytest.mark.parametrize("case", [*CASES, *FOLDERS], ids=str)
def test_hostile_notebook(case: Case, tmp_path: Path) -> None:
    """It is read or refused with the reason, and what is shown of it is inert."""
    asked = opened(tmp_path, case.make())
    assert case.check == "notebook"
    if case.status is Status.FAILED:
        with pytest.raises(Fault) as refused:
            measure_notebook(asked)
        assert case.says in refused.value.reason
        assert len(refused.value.reason) < 400
        assert refused.value.help
    else:
        sha256 = measure_notebook(asked).evidence["page"]
        assert isinstance(sha256, str)
        assert asked.pages
        shown = kept(sha256, asked.pages)
        assert shown is not None
        assert len(shown) < LONGEST_PAGE
        found = inspected(page(shown, TITLE))
        assert found.problems == []
        assert found.titles == [TITLE]
        assert case.says in found.text


def test_there_are_cases_of_both_kinds() -> None:
    """A folder that is not found would make no test fail."""
    assert len(FOLDERS) >= 16
    assert {case.status for case in CASES} == {Status.PASSED, Status.FAILED}


@pytest.mark.parametrize(
    "markup",
    [
        "<script></script>",
        "<p onclick=x>",
        "<img src=http://tracker.example>",
        "<img src='data:text/html;base64,AA'>",
        "<a href='javascript:x' rel=noreferrer>x</a>",
        "<a href='https://example.org'>x</a>",
        "<p style=x>",
        "<p id=cell-1>",
        "<span class=note>x</span>",
        "<iframe></iframe>",
        "<!-- x -->",
    ],
)
def test_the_inspector_is_suspicious(markup: str) -> None:
    """Each thing that the pages must not have is one that it sees."""
    assert inspected(f'<section class="cell">{markup}</section>').problems


class Visits(BaseHTTPRequestHandler):
    """A tracker: notes who comes by, and lets everyone in."""

    seen: list[str]

    def do_GET(self) -> None:
        """Note the request."""
        self.seen.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Tell nobody."""


@contextlib.contextmanager
def tracker() -> Iterator[tuple[str, list[str]]]:
    """An address of this machine's own, and the requests that reach it."""
    seen: list[str] = []
    handler = type("Handler", (Visits,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


def browsed(path: Path, content: str) -> str:
    """Return the DOM that headless Chromium makes of a page, as HTML."""
    assert CHROMIUM
    path.write_text(content, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    options += ["--disable-component-update", "--disable-sync", "--no-first-run"]
    options += ["--disable-dev-shm-usage", "--disable-breakpad", "--dump-dom", path.as_uri()]
    process = subprocess.Popen(
        [CHROMIUM, f"--user-data-dir={path.with_suffix('')}", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=120)[0]
    finally:  # its helpers outlive it at times
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_nothing_runs_and_nothing_leaves_in_a_browser(tmp_path: Path) -> None:
    """Neither with the sanitiser, nor, by the page's own policy, without it."""
    with tracker() as (address, seen):
        hostile = (
            f"<img src='{address}/image'><link rel=stylesheet href='{address}/style'>"
            f"<script src='{address}/script'></script><iframe src='{address}/frame'></iframe>"
            "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">"
        )
        control = browsed(tmp_path / "control.html", f"<title>quiet</title>{hostile}")
        assert "<title>run</title>" in control
        assert {"/image", "/style", "/script", "/frame"} <= set(seen)
        seen.clear()
        raw = book(markdown(hostile), code("show()", shown({"text/html": hostile})))
        file = handed_in(tmp_path, encoded(raw))
        cells = body(read_notebook(file, best_isolation()))
        for name, content in (("sanitised", cells), ("policy", cells + hostile)):
            dom = browsed(tmp_path / f"{name}.html", page(content, "quiet"))
            assert "<title>quiet</title>" in dom
            assert seen == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_page_is_drawn_in_seconds_whatever_is_in_it(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    """Within 3 s of processor time and 500 MB, and the page is not empty."""
    notebook = read_notebook(handed_in(tmp_path, encoded(BOMBS[name]())), best_isolation())
    path = tmp_path / "page.html"
    path.write_text(page(body(notebook), name), encoding="utf-8")
    cost = drawn(browser, path)
    assert cost.processor_seconds < 3
    assert cost.memory < 500_000_000
    assert 'id="cell-1"' in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_case_of_a_drawing_is_drawn(browser: Browser, cases: Path, tmp_path: Path) -> None:
    """A real hand-in whose SVG took a browser gigabytes."""
    with zipfile.ZipFile(cases / "attacks" / "svgbomb.zip") as archive:
        (name,) = archive.namelist()
        file = handed_in(tmp_path, archive.read(name))
    path = tmp_path / "page.html"
    path.write_text(page(body(read_notebook(file, best_isolation())), name), encoding="utf-8")
    assert "[This image/svg+xml is left out.]" in path.read_text(encoding="utf-8")
    assert drawn(browser, path).memory < 500_000_000


def sparse(folder: Path, size: int) -> Path:
    """A hand-in as a folder, whose notebook is of this size and takes no room."""
    hand_in = folder / "312551001"
    hand_in.mkdir()
    with (hand_in / "312551001.ipynb").open("wb") as file:
        file.truncate(size)
    return hand_in


def packed(folder: Path, size: int) -> Path:
    """A hand-in as a zip, whose notebook packs to a hundredth of its size, as text may."""
    notebook = b"".join(os.urandom(100) + b"x" * 9_900 for _ in range(size // 10_000))
    path = folder / "312551001.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("312551001.ipynb", notebook)
    return path


@pytest.mark.parametrize(("make", "size"), [(sparse, 500_000_000), (packed, 70_000_000)])
def test_a_notebook_of_500_megabytes_is_refused_unread(
    make: Callable[[Path, int], Path], size: int, tmp_path: Path
) -> None:
    """By its size, which the layout tells; nothing of it reaches the work folder."""
    submission, (_, layout) = receive(make(tmp_path, size), tmp_path / "work", network_lab())
    assert layout.status is Status.FAILED
    assert layout.reason
    assert f"312551001.ipynb has {size:,} bytes" in layout.reason
    assert submission.files == ()
    assert not list((tmp_path / "work").iterdir())
