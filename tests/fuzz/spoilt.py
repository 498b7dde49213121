"""Bytes made wrong without a thought for what they mean."""

from hypothesis import strategies as st

_NUMBERS = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
_PATCHES = st.binary(min_size=1, max_size=8) | st.builds(
    lambda number, width: (number % (1 << 8 * width)).to_bytes(width, "little"),
    st.sampled_from(_NUMBERS),
    st.sampled_from([1, 2, 4, 8]),
)


@st.composite
def overwritten(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` with a few numbers changed, and everything where it was."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        patch = draw(_PATCHES)
        at = draw(st.integers(0, len(content) // 4)) * 4
        kept = changed[at : at + len(patch)]
        changed[at : at + len(patch)] = patch[: len(kept)]
    return bytes(changed)


@st.composite
def spoilt(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` with up to four places overwritten, moved or cut out."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(changed) - 1, 0)))
        match draw(st.sampled_from(["write", "write", "write", "insert", "cut", "copy", "end"])):
            case "write":
                patch = draw(_PATCHES)
                changed[at : at + len(patch)] = patch
            case "insert":
                changed[at:at] = draw(_PATCHES)
            case "cut":
                del changed[at : at + draw(st.integers(1, 64))]
            case "copy":
                source = draw(st.integers(0, len(changed)))
                piece = changed[source : source + draw(st.integers(1, 64))]
                changed[at : at + len(piece)] = piece
            case "end":
                del changed[at:]
    return bytes(changed)
