"""Sentences for people: marked for translation where they are written, turned into a language where they are shown."""

from typing import Any


def N_(sentence: str) -> str:  # noqa: N802  the name every extractor knows
    """Mark a Swedish sentence for translation without translating it yet."""
    return sentence


class Refused(Exception):  # noqa: N818  it is an answer, not an error
    """No, in words for the user: a Swedish sentence with %(named)s values. Raising it rolls back."""

    def __init__(self, sentence: str, field: str | None = None, **values: Any) -> None:
        """`field` names the form field it belongs to, if any."""
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.field = field
        self.values = values


class Missing(Exception):  # noqa: N818  it is an answer, not an error
    """It does not exist, or it is not for the one who asks: the same answer (promise 6)."""
