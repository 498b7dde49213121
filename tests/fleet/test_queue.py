import threading

from grader.fleet.queue import MAX_LOSSES, QueuedTask, TaskQueue

BOTH = frozenset({"pi", "jetson"})


def taken(queue: TaskQueue[str], device: str) -> QueuedTask[str]:
    """The next task of `device`, which there is."""
    task = queue.next(device)
    assert task is not None
    return task


def test_tasks_go_out_in_order_and_then_nothing_is_left() -> None:
    """To whichever device asks."""
    queue = TaskQueue(["a", "b"], BOTH)
    assert taken(queue, "pi").item == "a"
    assert taken(queue, "jetson").item == "b"
    queue.finished()
    queue.finished()
    assert queue.next("pi") is None


def test_what_is_given_back_is_the_next() -> None:
    """It was not begun, and counts as no loss."""
    queue = TaskQueue(["a", "b"], BOTH)
    task = taken(queue, "pi")
    queue.put_back(task)
    again = taken(queue, "pi")
    assert (again.item, again.losses) == ("a", 0)


def test_what_one_device_declines_another_takes() -> None:
    """A task that all have declined is done with."""
    queue = TaskQueue(["a"], BOTH)
    assert queue.declined(taken(queue, "pi"), "pi")
    assert queue.next("pi") is None
    assert not queue.declined(taken(queue, "jetson"), "jetson")
    assert queue.next("jetson") is None
    assert queue.unfinished() == ((), "")


def test_a_task_that_devices_are_lost_over_is_done_with() -> None:
    """It may be what brings them down."""
    queue = TaskQueue(["a"], BOTH)
    for _ in range(MAX_LOSSES - 1):
        assert queue.lost(taken(queue, "pi"))
    assert not queue.lost(taken(queue, "pi"))
    assert queue.next("pi") is None


def test_a_device_waits_for_what_may_come_back() -> None:
    """One task is at queue on another device, which then loses it."""
    queue = TaskQueue(["a"], BOTH)
    task = taken(queue, "pi")
    assert not queue.is_done_within(0.01, "jetson")
    got: list[QueuedTask[str] | None] = []
    waiting = threading.Thread(target=lambda: got.append(queue.next("jetson")))
    waiting.start()
    queue.lost(task)
    waiting.join(10)
    assert got == [task]


def test_what_is_left_when_every_device_has_gone() -> None:
    """The items, and why each went."""
    queue = TaskQueue(["a", "b"], BOTH)
    queue.device_left("pi is gone")
    queue.device_left("jetson is full")
    assert queue.unfinished() == (("a", "b"), "pi is gone; jetson is full")


def test_a_stop_hands_out_nothing_more() -> None:
    """Devices that wait are told at once."""
    queue = TaskQueue(["a", "b"], BOTH)
    taken(queue, "pi")
    queue.stop()
    assert queue.next("jetson") is None
    assert queue.is_done_within(0, "jetson")
