"""Codes of six digits: made from what they are for and the installation's key, so that nothing kept tells them."""

import hashlib
import hmac


def made(about: str, secret: str) -> str:
    """The code for what `about` names; the same again as long as that and the key are the same."""
    digest = hmac.new(secret.encode(), about.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def right(typed: str, about: str, secret: str) -> bool:
    """Whether somebody typed the code, with whatever spaces or dashes; takes as long for a wrong one as for the right."""
    digits = "".join(sign for sign in typed if sign.isdecimal() and sign.isascii())
    return hmac.compare_digest(digits, made(about, secret))
