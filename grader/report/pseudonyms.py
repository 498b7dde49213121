"""Pseudonyms for students: the same for the same id and secret."""

import hashlib
import hmac


def keyed(student: str, secret: bytes) -> str:
    """Return the HMAC-SHA256 of a student's id, as hexadecimal digits."""
    return hmac.new(secret, student.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def pseudonym(student: str, secret: bytes) -> str:
    """Return a name to show for a student: `Student 3F09AC`."""
    return f"Student {keyed(student, secret)[:6].upper()}"
