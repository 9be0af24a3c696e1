"""Shorthand of the queue's tests: a campaign with people in its queue, and what stands in the tables afterwards."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import call_queue, outcomes
from campaigns.models import Call, Campaign, Hold, QueueRow, QueueState, Target
from organizer.models import Account, Association, Event, Person
from organizer.times import local_day
from tests.factories import NOW, make_account, make_association, make_campaign, make_person


def put_in_queue(session: Session, campaign: Campaign, *people: Person, now: datetime = NOW, **columns) -> None:
    """Straight into the queue in this order, a second apart, as if filled this morning."""
    for n, person in enumerate(people):
        place = columns.get("association_id", campaign.association_id)
        session.add(
            Target(campaign_id=campaign.id, person_id=person.id, association_id=place, entered_on=local_day(now))
        )
        session.add(
            QueueRow(
                campaign_id=campaign.id, person_id=person.id,
                **{
                    "association_id": place, "state": QueueState.READY,
                    "due_at": now - timedelta(hours=12) + timedelta(seconds=n), **columns,
                },
            )
        )  # fmt: skip
    session.flush()


class Evening:
    """Härnösand rings its members: an association, a campaign, three people in its queue and two callers."""

    def __init__(self, session: Session, people: int = 3) -> None:
        self.session = session
        self.place: Association = make_association(session, "Härnösand")
        self.campaign = make_campaign(session, self.place)
        self.people = [make_person(session, self.place, f"Person{n} Prov") for n in range(people)]
        self.birgitta: Account = make_account(session, "Birgitta Ringare")
        self.nils: Account = make_account(session, "Nils Öberg")
        put_in_queue(session, self.campaign, *self.people)

    def call(self, caller: Account | None = None, now: datetime = NOW, campaign: Campaign | None = None) -> int:
        """Hand the caller the next person; the call's id."""
        call = call_queue.claim_next(self.session, (caller or self.birgitta).id, (campaign or self.campaign).id, now)
        assert call is not None, "nobody was handed out"
        return call

    def report(
        self, outcome: str, call: int | None = None, caller: Account | None = None, now: datetime = NOW, **more: Any
    ) -> outcomes.Reported:
        """Ring the next person (or a call already handed out) and say what came of it."""
        caller = caller or self.birgitta
        call = call or self.call(caller, now)
        ref = more.pop("client_ref", f"ref-{call}-{outcome}")
        return outcomes.report(self.session, call, caller.id, outcomes.Report(outcome, ref, **more), now)

    def kinds(self, person: Person) -> list[str]:
        """What the ledger says happened to the person, in order of the alphabet."""
        return sorted(self.session.scalars(sa.select(Event.kind).where(Event.person_id == person.id)))

    def row(self, person: Person, campaign: Campaign | None = None) -> QueueRow:
        self.session.expire_all()
        where = (QueueRow.person_id == person.id, QueueRow.campaign_id == (campaign or self.campaign).id)
        return self.session.scalars(sa.select(QueueRow).where(*where)).one()

    def person_of(self, call_id: int | None) -> int | None:
        return self.session.scalar(sa.select(Call.person_id).where(Call.id == call_id))

    def holds(self) -> int:
        return self.session.scalar(sa.select(sa.func.count()).select_from(Hold))
