"""JSON values of any kind, and JSON in which a value is another than it should be."""

import math
from typing import Any

from hypothesis import strategies as st

_NUMBERS = [None, True, 0, 1, -1, 2**63, 2**200, 0.5, math.nan, math.inf]


def values(words: list[str]) -> st.SearchStrategy[Any]:
    """Numbers, some of `words`, and small lists and objects of both."""
    texts = st.sampled_from(words)
    return st.recursive(
        st.sampled_from(_NUMBERS) | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=5,
    )


def change(draw: st.DrawFn, whole: Any, words: list[str]) -> None:
    """Follow a few keys into `whole` and change what is there."""
    place = whole
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        inner = [key for key in keys if place[key] and isinstance(place[key], dict | list)]
        key = draw(st.sampled_from(inner if inner and draw(st.integers(1, 5)) < 5 else keys))
        if not isinstance(place[key], dict | list) or draw(st.integers(1, 4)) == 4:
            break
        place = place[key]
    match draw(st.sampled_from(["replace", "replace", "delete", "double", "other"])):
        case "delete":
            del place[key]
        case "double" if isinstance(place, list):
            place.append(place[key])
        case "other" if isinstance(place, list):
            place[key] = place[draw(st.sampled_from(keys))]
        case "other":
            place[draw(st.sampled_from(words))] = place.pop(key)
        case _:
            place[key] = draw(_alike(place[key], words) | values(words))


def _alike(value: Any, words: list[str]) -> st.SearchStrategy[Any]:
    """What a schema may well take in the place of `value`."""
    if isinstance(value, bool):
        return st.just(not value)
    if isinstance(value, int | float):
        return st.integers(0, 40)
    return st.sampled_from(words)
