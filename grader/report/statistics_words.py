"""What the statistics mean, in the same words on a terminal and on a page."""

MINUTE, HOUR = 60, 3_600

DISCRIMINATION = (
    "Discrimination: the correlation of a question's points with the sum of those of all other "
    "parts (item-rest correlation), over the hand-ins whose parts are all decided. Look at a "
    "question below 0.2: students who did well in the rest did not do better in it."
)


def duration(seconds: float) -> str:
    """Return a duration: `0.42 s`, `12.0 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < MINUTE:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
