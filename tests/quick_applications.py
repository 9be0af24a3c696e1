"""What an application works out at its start, kept for the next one: every test makes its own, of the same pages."""

from collections.abc import Callable
from typing import Any, ClassVar

import sqlalchemy as sa
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from app import Rundan


class KeptTemplates(BytecodeCache):
    """Templates as compiled the first time; the key holds what the file says, so a changed file is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


class KeptRule(Rule):
    """An address whose way of being written is compiled once for each pattern, not once for each application."""

    _kept: ClassVar[dict[tuple[str, bool], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (f"{self.rule} {self.defaults}", append_unknown)
        if key not in self._kept:
            self._kept[key] = super()._compile_builder(append_unknown)
        return self._kept[key]


_create_engine = sa.create_engine
_first: dict[str, sa.Engine] = {}


def create_engine(url: str, **options: Any) -> sa.Engine:
    """An engine that has at hand every statement an earlier one for the same kind of database has compiled."""
    engine = _create_engine(url, query_cache_size=2000, **options)
    first = _first.setdefault(engine.dialect.name, engine)
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine


def keep() -> None:
    """From now on: what one application has compiled serves the next."""
    sa.create_engine = create_engine
    options: dict[str, Any] = {**Rundan.jinja_options, "bytecode_cache": KeptTemplates()}
    Rundan.jinja_options = options
    Rundan.url_rule_class = KeptRule
