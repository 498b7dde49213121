"""Advice on the load of a machine whose timings are to be compared."""

from collections.abc import Iterator

HIGH_LOAD = 1.0


def load_advice(load: float) -> Iterator[str]:
    """Yield a sentence if this load average of the last minute disturbs timings."""
    if load > HIGH_LOAD:
        yield f"Other programs are running: the load of the last minute is {load:.2f}."
