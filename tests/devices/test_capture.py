"""The time for which output is read after the end of a program."""

from grader.devices.capture import AT_MOST_SECONDS, QUIET_SECONDS, Linger


def test_a_program_that_runs_is_read_however_quiet_it_is() -> None:
    """The time starts at the end of the program."""
    linger = Linger()
    assert not linger.is_over(1000.0, ended=False)
    assert not linger.is_over(1001.0, ended=True)


def test_what_was_still_on_its_way_is_read() -> None:
    """Each chunk after the end restarts the quiet time, up to a limit."""
    linger = Linger()
    assert not linger.is_over(100.0, ended=True)
    linger.heard(101.0)
    assert not linger.is_over(100.9 + QUIET_SECONDS, ended=True)
    assert linger.is_over(101.0 + QUIET_SECONDS, ended=True)
    linger.heard(100.0 + AT_MOST_SECONDS)
    assert linger.is_over(100.0 + AT_MOST_SECONDS, ended=True)
