"""How long a program is read after its end."""

from grader.devices.capture import AT_MOST_SECONDS, QUIET_SECONDS, Linger


def test_a_program_that_runs_is_read_however_quiet_it_is() -> None:
    """Only its end begins the count."""
    linger = Linger()
    assert not linger.is_over(1000.0, ended=False)
    assert not linger.is_over(1001.0, ended=True)


def test_what_was_still_on_its_way_is_read() -> None:
    """Each piece after the end starts the quiet time anew, but not without end."""
    linger = Linger()
    assert not linger.is_over(100.0, ended=True)
    linger.heard(101.0)
    assert not linger.is_over(100.9 + QUIET_SECONDS, ended=True)
    assert linger.is_over(101.0 + QUIET_SECONDS, ended=True)
    linger.heard(100.0 + AT_MOST_SECONDS)
    assert linger.is_over(100.0 + AT_MOST_SECONDS, ended=True)
