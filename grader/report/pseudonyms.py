"""Names for students where nobody may know who they are: the same for the same secret."""

import hashlib
import hmac


def keyed(student: str, secret: bytes) -> str:
    """The HMAC-SHA256 of a student's id, in hexadecimal digits."""
    return hmac.new(secret, student.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def pseudonym(student: str, secret: bytes) -> str:
    """A student's name to show: `Student 3F09AC`."""
    return f"Student {keyed(student, secret)[:6].upper()}"
