import asyncio
import threading

import pytest

from grader.devices.background import Background


async def name_of_thread() -> str:
    """Where the work runs."""
    return threading.current_thread().name


async def fail() -> None:
    """Work that raises."""
    raise ConnectionError("gone")


def test_work_runs_in_another_thread_and_answers_here() -> None:
    """What it returns comes back, and so does what it raises."""
    background = Background()
    try:
        assert background.run(name_of_thread()) != threading.current_thread().name
        with pytest.raises(ConnectionError, match="gone"):
            background.run(fail())
    finally:
        background.close()


def test_the_loop_goes_on_while_nobody_waits() -> None:
    """A task that was started keeps running after the call that started it."""
    background = Background()
    heard = threading.Event()

    async def start() -> asyncio.Task[None]:
        async def later() -> None:
            await asyncio.sleep(0.01)
            heard.set()

        return asyncio.create_task(later())

    task = background.run(start())
    assert heard.wait(10)
    background.close()
    assert task.done()


def test_closing_cancels_what_is_under_way() -> None:
    """And ends the thread, so that a program can end."""
    background = Background()
    threads = threading.active_count()

    async def start() -> asyncio.Task[None]:
        return asyncio.create_task(asyncio.sleep(3600))

    task = background.run(start())
    background.close()
    assert task.cancelled()
    assert threading.active_count() == threads - 1
