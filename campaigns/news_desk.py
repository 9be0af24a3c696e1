"""Where news about messages are written down together: whoever calls waits for a commit that carries several."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.sms_news import heard_all
from campaigns.telephony import Receipt
from organizer.db import Database

log = logging.getLogger("rundan")
AT_ONCE = 100
"""Pieces of news in one transaction, at most."""


@dataclass(eq=False, slots=True)
class _Told:
    """One piece of news, and what became of it."""

    ref: str
    news: Receipt
    now: datetime
    done: bool = False
    known: bool = False
    error: Exception | None = field(default=None)


class NewsDesk:
    """One for each process, shared by its threads.

    Waiting for the disk is what a call costs, and while one waits others come: whoever is next takes everything that
    has come meanwhile along in one transaction. Nobody is answered before that has been committed, so that whatever
    is killed, the provider has been told yes only about what is kept.
    """

    def __init__(self, database: Database) -> None:
        """Nothing waits yet."""
        self._database = database
        self._waiting: list[_Told] = []
        self._list, self._turn = threading.Lock(), threading.Lock()

    def tell(self, ref: str, news: Receipt, now: datetime) -> bool:
        """Write down a piece of news for good; False when there is no such message. Raises what the database raises."""
        mine = _Told(ref, news, now)
        with self._list:
            self._waiting.append(mine)
        with self._turn:
            while not mine.done:
                with self._list:
                    some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                self._write(some)
        if mine.error is not None:
            raise mine.error
        return mine.known

    def _write(self, some: list[_Told]) -> None:
        """All in one transaction; when that fails each in one of its own, so that nobody fails for another's sake."""
        try:
            news, now = [(one.ref, one.news) for one in some], max(one.now for one in some)
            known = self._database.write(lambda session: heard_all(session, news, now))
        except Exception as error:  # noqa: BLE001  told to whoever asked, by tell()
            if len(some) > 1:
                log.warning("%s pieces of news are written down one by one: %s", len(some), type(error).__name__)
                for one in some:
                    self._write([one])
                return
            some[0].error = error
        else:
            for one, there in zip(some, known, strict=True):
                one.known = there
        for one in some:
            one.done = True
