"""What the associations of the demo district have proposed in their councils, one of it borrowed by a neighbour."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from campaigns.demo.district import District
from campaigns.demo.gatherings import Step
from organizer import motions
from organizer.models import RoleName
from organizer.motions import Draft
from organizer.times import moment

BUS = Draft(
    "Buss också på kvällen",
    "Den sista bussen från centralorten går klockan 18.10. Den som arbetar i vården kommer inte hem, och den som är "
    "ung kan inte gå på träning utan att någon har bil.\n\n"
    "Vi föreslår att kommunen tillsammans med länets trafikhuvudman provar kvällsturer på tre linjer i ett år, och att "
    "resandet räknas och redovisas innan försöket är slut.",
    theme="Kollektivtrafik",
)
"""Borrowed once, so that the library shows what it is for."""

PROPOSED = (
    ("Sollefteå", "Sollefteå", 320, "partly", BUS),
    ("Härnösand", "Härnösand", 210, "approved", Draft(
        "Läxhjälp på biblioteket",
        "Alla har inte någon hemma som hinner eller kan hjälpa till med läxorna.\n\nVi föreslår att biblioteket har "
        "läxhjälp två eftermiddagar i veckan under terminerna, med personal och frivilliga från föreningslivet.",
        theme="Skola",
    )),
    ("Sundsvall", "Sundsvall", 150, "rejected", Draft(
        "Mat lagad på plats i äldreomsorgen",
        "Mat som lagas nära doftar, smakar och äts upp. Vi föreslår att kommunen utreder vad det kostar att åter laga "
        "maten i köken på fyra äldreboenden, och att de som bor där får säga sitt.",
        theme="Äldreomsorg",
    )),
    ("Timrå", "Timrå", 40, "open", Draft(
        "Hur går det med reparationen av simhallen?",
        "När räknar nämnden med att simhallen kan öppna igen, vad har det kostat hittills, och hur får skolorna sin "
        "simundervisning under tiden?",
        kind="interpellation", theme="Fritid",
    )),
)  # fmt: skip
"""Association, municipality, days ago, how it went, and the words."""


def proposing(district: District, today: date) -> list[Step]:
    """Four papers on the days they were handed in; Timrå borrowed the one about the bus two weeks ago."""
    account = district.by_role[RoleName.ORGANIZER]
    bus: list[int] = []

    def step_of(place: str, municipality: str, day: date, result: str, draft: Draft) -> Step:
        def step(session: Session, at: datetime) -> None:
            made = motions.add(
                session, district.places[place],
                replace(draft, municipality=municipality, result=result, put_on=day), None, account, at,
            )  # fmt: skip
            if draft is BUS:
                bus.append(made)

        return moment(day, time(14)), step

    def borrow(session: Session, at: datetime) -> None:
        motions.borrow(session, bus[0], district.places["Timrå"], account, at)

    told = [
        step_of(place, municipality, today - timedelta(days=ago), result, draft)
        for place, municipality, ago, result, draft in PROPOSED
    ]
    return [*told, (moment(today - timedelta(days=14), time(9)), borrow)]
