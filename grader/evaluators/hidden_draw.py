"""Draws for one hand-in that nobody can know before it is measured.

secret of the results folder + SHA-256 of the hand-in + purpose  ->  a random generator

The same three give the same draw, so that a hand-in that is measured again gets the same result.
"""

import hashlib
import secrets

import numpy as np

SECRET_BYTES = 32


def new_secret() -> bytes:
    """Return a secret that has never been used."""
    return secrets.token_bytes(SECRET_BYTES)


def hidden_generator(secret: bytes, sha256: str, purpose: str) -> np.random.Generator:
    """Return the generator for `purpose` in the hand-in with this SHA-256."""
    digest = hashlib.blake2b(f"{purpose} {sha256}".encode(), key=secret).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest)))
