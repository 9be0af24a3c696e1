"""An adopted report is sealed: everything it says as one canonical text, and the hash of that text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

FORMAT = 1


def canonical(content: Mapping[str, Any]) -> str:
    """The same content is always the same text: JSON with sorted keys, no blanks, letters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def of(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal: what `sha256sum` says of the downloaded file."""
    return hashlib.sha256(text.encode()).hexdigest()


def holds(text: str | None, hash_: str | None) -> bool:
    """Whether what is kept is what was adopted."""
    return text is not None and hash_ is not None and of(text) == hash_
