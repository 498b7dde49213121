"""What it costs Chromium to draw a page: processor time and memory."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from playwright.sync_api import Browser

from tests.devices.loopback_device import descendants


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The processor time of the page's own process in seconds, and its largest memory in bytes.

    The time of other programs on this machine is in neither.
    """

    processor_seconds: float
    memory: int


def drawn(browser: Browser, page: Path) -> Drawn:
    """Open the page in a new tab, and take pictures of its beginning, its middle and its end."""
    before = set(_renderers())
    ended = Event()
    found: dict[int, tuple[float, int]] = {}

    def watch() -> None:
        while not ended.is_set():
            for pid in set(_renderers()) - before:
                found[pid] = _used(pid) or found.get(pid, (0.0, 0))
            time.sleep(0.05)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    tab.goto(page.as_uri(), timeout=120_000)
    for part in (0, 0.5, 1):
        tab.evaluate(f"scrollTo(0, {part} * document.body.scrollHeight)")
        tab.screenshot()
    time.sleep(0.2)
    ended.set()
    watcher.join()
    context.close()
    assert found
    seconds, memory = zip(*found.values(), strict=True)
    return Drawn(processor_seconds=max(seconds), memory=max(memory))


def _renderers() -> Iterator[int]:
    for pid in descendants(os.getpid()):
        try:
            if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                yield pid
        except OSError:
            continue


def _used(pid: int) -> tuple[float, int] | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0")
    ticks = int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) << 10
