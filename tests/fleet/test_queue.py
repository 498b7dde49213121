import threading

from grader.fleet.queue import LOSSES, Piece, Work

BOTH = frozenset({"pi", "jetson"})


def taken(work: Work[str], board: str) -> Piece[str]:
    """The next piece of `board`, which there is."""
    piece = work.next(board)
    assert piece is not None
    return piece


def test_pieces_go_out_in_order_and_then_nothing_is_left() -> None:
    """To whichever board asks."""
    work = Work(["a", "b"], BOTH)
    assert taken(work, "pi").item == "a"
    assert taken(work, "jetson").item == "b"
    work.finished()
    work.finished()
    assert work.next("pi") is None


def test_what_is_given_back_is_the_next() -> None:
    """It was not begun, and counts as no loss."""
    work = Work(["a", "b"], BOTH)
    piece = taken(work, "pi")
    work.give_back(piece)
    again = taken(work, "pi")
    assert (again.item, again.losses) == ("a", 0)


def test_what_one_board_declines_another_takes() -> None:
    """A piece that all have declined is done with."""
    work = Work(["a"], BOTH)
    assert work.declined(taken(work, "pi"), "pi")
    assert work.next("pi") is None
    assert not work.declined(taken(work, "jetson"), "jetson")
    assert work.next("jetson") is None
    assert work.abandoned() == ((), "")


def test_a_piece_that_boards_are_lost_over_is_done_with() -> None:
    """It may be what brings them down."""
    work = Work(["a"], BOTH)
    for _ in range(LOSSES - 1):
        assert work.lost(taken(work, "pi"))
    assert not work.lost(taken(work, "pi"))
    assert work.next("pi") is None


def test_a_board_waits_for_what_may_come_back() -> None:
    """One piece is at work on another board, which then loses it."""
    work = Work(["a"], BOTH)
    piece = taken(work, "pi")
    assert not work.is_done_within(0.01, "jetson")
    got: list[Piece[str] | None] = []
    waiting = threading.Thread(target=lambda: got.append(work.next("jetson")))
    waiting.start()
    work.lost(piece)
    waiting.join(10)
    assert got == [piece]


def test_what_is_left_when_every_board_has_gone() -> None:
    """The items, and why each went."""
    work = Work(["a", "b"], BOTH)
    work.board_left("pi is gone")
    work.board_left("jetson is full")
    assert work.abandoned() == (("a", "b"), "pi is gone; jetson is full")


def test_a_stop_hands_out_nothing_more() -> None:
    """Boards that wait are told at once."""
    work = Work(["a", "b"], BOTH)
    taken(work, "pi")
    work.stop()
    assert work.next("jetson") is None
    assert work.is_done_within(0, "jetson")
