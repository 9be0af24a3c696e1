"""As much of JSON schema (2020-12) as the schema of selections uses; an unknown word in a schema is an error."""

import re
from datetime import date
from typing import Any

TYPES: dict[str, Any] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def fits(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value is as the schema says; `whole` is where its references lead."""
    return all(_keeps(word, asked, value, schema, whole) for word, asked in schema.items())


def _keeps(word: str, asked: Any, value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    a_list, an_object = isinstance(value, list), isinstance(value, dict)
    a_number = isinstance(value, int) and not isinstance(value, bool)
    checks: dict[str, Any] = {
        "$schema": lambda: True, "title": lambda: True, "$defs": lambda: True,
        "$ref": lambda: fits(value, whole["$defs"][asked.removeprefix("#/$defs/")], whole),
        "type": lambda: a_number if asked == "integer" else isinstance(value, TYPES[asked]),
        "const": lambda: value == asked and type(value) is type(asked),
        "enum": lambda: any(value == one and type(value) is type(one) for one in asked),
        "oneOf": lambda: sum(fits(value, one, whole) for one in asked) == 1,
        "allOf": lambda: all(fits(value, one, whole) for one in asked),
        "properties": lambda: not an_object or all(fits(value[name], one, whole) for name, one in asked.items() if name in value),
        "required": lambda: not an_object or all(name in value for name in asked),
        "additionalProperties": lambda: not an_object or asked or set(value) <= set(schema["properties"]),
        "minProperties": lambda: not an_object or len(value) >= asked,
        "prefixItems": lambda: not a_list or all(fits(one, each, whole) for one, each in zip(value, asked, strict=False)),
        "items": lambda: not a_list or all(fits(one, asked, whole) for one in value[len(schema.get("prefixItems", [])) :]),
        "minItems": lambda: not a_list or len(value) >= asked,
        "maxItems": lambda: not a_list or len(value) <= asked,
        "uniqueItems": lambda: not a_list or all(value.index(one) == n for n, one in enumerate(value)),
        "minimum": lambda: not a_number or value >= asked,
        "maximum": lambda: not a_number or value <= asked,
        "pattern": lambda: not isinstance(value, str) or re.search(asked, value) is not None,
        "format": lambda: not isinstance(value, str) or _is_day(value),
    }  # fmt: skip
    return bool(checks[word]())


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and 1900 <= date.fromisoformat(text).year <= 2200 and "W" not in text
    except ValueError:
        return False
