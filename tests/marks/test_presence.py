from grader.marks.presence import SECONDS_UNTIL_GONE, Presence, Presences
from grader.marks.store import Marks


def at(author: str, part: str = "1.1", window: str = "") -> Presence:
    """Somebody at the answer of B1."""
    return Presence(window=window or f"{author}'s", author=author, person="id:b1", part=part)


def test_another_window_is_seen_until_it_is_silent(database: str) -> None:
    """At its newest place; a window that ended before is never seen, and nobody sees herself."""
    now = [0.0]
    with Marks.open(database) as marks:
        hers = Presences(engine=marks.engine, clock=lambda: now[0])
        his = Presences(engine=marks.engine)
        his.be(at("gone"))
        for part in ("1.1", "1.2"):
            his.be(at("bob", part))
            hers.be(at("alice"))
            seen = hers.others("alice's")
        assert seen == (at("bob", "1.2"),)
        now[0] = SECONDS_UNTIL_GONE + 1
        assert hers.others("alice's") == ()
        his.be(at("bob", "1.2"))
        assert hers.others("alice's") == (at("bob", "1.2"),)
        his.leave("bob's")
        assert hers.others("alice's") == ()


def test_two_windows_of_one_ta_see_each_other(database: str) -> None:
    """They have the same author, and different places."""
    with Marks.open(database) as marks:
        here = Presences(engine=marks.engine)
        for _ in range(2):
            here.be(at("alice", "1.1", "one"))
            here.be(at("alice", "2", "two"))
            seen = here.others("one")
        assert seen == (at("alice", "2", "two"),)
