"""Texts that nobody reads without this installation's key, which stands outside the database.

A text is put under a stream of SHAKE-256 over key and a random number, and a stamp of HMAC-SHA256 over what comes out
(encrypt, then authenticate): both are in Python, so nothing has to be installed. All texts are as long as the longest
in their class of a kilobyte, or the length would tell.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

CLASS = 1024
"""Octets: a sealed text is filled up to whole such."""
_NUMBER, _STAMP = 16, 32
_END = b"\x01"


def seal(text: str, about: str, *, secret: str) -> str:
    """The text as nobody can read it; `about` must be the same when it is opened."""
    plain = text.encode() + _END
    plain += bytes(-len(plain) % CLASS)
    number = secrets.token_bytes(_NUMBER)
    hidden = number + _under(plain, number, secret)
    return b64encode(_stamp(hidden, about, secret) + hidden).decode()


def opened(sealed: str, about: str, *, secret: str) -> str | None:
    """What `seal` was given; None when it was sealed with another key, about something else, or has been touched."""
    octets = b64decode(sealed)
    stamp, hidden = octets[:_STAMP], octets[_STAMP:]
    if not hmac.compare_digest(stamp, _stamp(hidden, about, secret)):
        return None
    plain = _under(hidden[_NUMBER:], hidden[:_NUMBER], secret)
    return plain[: plain.rindex(_END)].decode()


def _under(octets: bytes, number: bytes, secret: str) -> bytes:
    """The octets with the stream of this number added, or taken away again."""
    stream = hashlib.shake_256(_key(secret, b"stream") + number).digest(len(octets))
    return bytes(a ^ b for a, b in zip(octets, stream, strict=True))


def _stamp(hidden: bytes, about: str, secret: str) -> bytes:
    return hmac.new(_key(secret, b"stamp"), about.encode() + b"\x00" + hidden, hashlib.sha256).digest()


def _key(secret: str, use: bytes) -> bytes:
    return hmac.new(secret.encode(), b"sealed answers: " + use, hashlib.sha256).digest()
