from grader.evaluators.hidden_draw import SECRET_BYTES, hidden_generator, new_secret

BYTES = "ab" * 32


def numbers(secret: bytes, sha256: str = BYTES, purpose: str = "question 2") -> list[int]:
    """Return the first numbers of a draw."""
    drawn: list[int] = hidden_generator(secret, sha256, purpose).integers(0, 1 << 62, 4).tolist()
    return drawn


def test_a_draw_follows_from_secret_bytes_and_purpose() -> None:
    """Equal ones give the same draw; if one of them differs, so does the draw."""
    secret = new_secret()
    draws = [
        numbers(secret),
        numbers(new_secret()),
        numbers(secret, sha256="cd" * 32),
        numbers(secret, purpose="images"),
    ]
    assert numbers(secret) == draws[0]
    assert len({tuple(each) for each in draws}) == len(draws)


def test_a_secret_is_long_and_new() -> None:
    """32 bytes, never the same."""
    assert len(new_secret()) == SECRET_BYTES == 32
    assert new_secret() != new_secret()
