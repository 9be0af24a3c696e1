"""A yearly report is drafted from the figures, written in by people who may collide, adopted for good, and taken along."""

import csv
import hashlib
import io
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import odfdo
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import report_gathering, report_work
from organizer import district_figures, report_csv, report_seal, reports
from organizer.models import Association, Kind, Report, RoleName
from organizer.words import Refused
from tests.factories import make_account, make_activity, make_association, make_person
from tests.ledger import happened
from tests.visitor import Visitor

YEAR = 2025
MINE = "/forening/harnosand/arsrapport"


@pytest.fixture
def place(database, cast):
    """Härnösand with twelve members since 2020, seven of them active in 2025, and two new that year."""
    with database.writing() as session:
        people = [make_person(session, cast.harnosand, f"Medlem{n} Prov") for n in range(10)]
        people += [make_person(session, cast.harnosand, f"Ny{n} Prov", joined=date(2025, 3, 1)) for n in range(2)]
        for person in people[:7]:
            happened(session, person, date(2025, 5, 1), Kind.CONTRIBUTION)
        make_activity(session, cast.harnosand, "=Årsmöte & <fika>", starts_at=datetime(2025, 2, 10, 17, tzinfo=UTC))
    return cast.harnosand


@pytest.fixture
def chair(app, cast):
    return Visitor(app).log_in_as(cast.chair)


def drafted(chair, year=YEAR):
    page = chair.submit(chair.get(f"{MINE}/{year}"), f"/{year}", "Skapa utkast")
    assert page.status == 200
    return page


def test_a_refresh_changes_what_nobody_has_touched_and_nothing_else(app, chair, place, database):
    page = drafted(chair)
    assert "Vid årets slut hade föreningen tolv medlemmar" in page.words
    form = chair.get(f"{MINE}/{YEAR}/text/members")
    assert "Ändrad för hand" not in chair.submit(form, "/text/members", "Spara texten").words  # as it stood
    page = chair.submit(form, "/text/members", "Spara texten", text="Vi växer.\r\n\r\nDet märks.")
    assert "Ändrad för hand" in page.words
    assert "Vi växer." in page.words
    with database.writing() as session:
        make_person(session, place, "Sen Prov", joined=date(2025, 6, 1))
    page = chair.submit(page, "/uppdatera")
    assert "Vi växer." in page.words
    assert "Utkastet säger något nytt" in page.words
    assert "Vid årets slut hade föreningen tretton medlemmar" in page.words  # what the draft would say
    assert "Under året fick föreningen tre nya medlemmar." not in page.html.split('id="new"')[1]
    page = chair.submit(page, "/text/members", "Ta utkastets text")
    assert "Vi växer." not in page.words
    assert "Vi växer." in chair.get(f"{MINE}/{YEAR}/text/members").words  # among earlier wordings


def test_the_second_of_two_editors_is_told_and_sees_both_texts(app, chair, place, cast, database):
    drafted(chair)
    with database.writing() as session:
        vice = make_account(session, "Vera Vice", (RoleName.CHAIR, place))
    other = Visitor(app).log_in_as(vice)
    mine, theirs = (one.get(f"{MINE}/{YEAR}/text/comment:members") for one in (chair, other))
    other.submit(theirs, "/text/comment", "Spara texten", text="Veras ord")
    page = chair.submit(mine, "/text/comment", "Spara texten", text="Olles ord")
    assert page.status == 422
    assert "Någon annan har sparat" in page.words
    assert "Veras ord" in page.words
    assert "Olles ord" in page.words
    page = chair.submit(page, "/text/comment", "Spara texten", text="Olles och Veras ord")
    assert page.status == 200
    kept = chair.get(f"{MINE}/{YEAR}/text/comment:members").words
    assert "Veras ord" in kept
    assert "Olles och Veras ord" in kept


def test_an_adopted_report_never_changes_and_anybody_can_check_its_hash(app, chair, place, cast, database):
    page = drafted(chair)
    page = chair.get(f"{MINE}/{YEAR}/faststall")
    chair.submit(chair.get(f"{MINE}/{YEAR}/text/members"), "/text/members", "Spara texten", text="Nytt.")
    page = chair.submit(page, "/faststall", "Fastställ rapporten")
    assert page.status == 422
    assert "Något har ändrats" in page.words  # not what was read
    page = chair.submit(chair.get(f"{MINE}/{YEAR}/faststall"), "/faststall", "Fastställ rapporten")
    assert "Olle Ordförande" in page.words
    assert "Stämmer" in page.words

    def everything():
        files = [chair.get(f"{MINE}/{YEAR}/{one}").response.get_data() for one in ("sigill.json", "siffror.csv")]
        return [*files, chair.get(f"{MINE}/{YEAR}").html.split('<article class="yearly')[1].split("</article>")[0]]

    before = everything()
    assert hashlib.sha256(before[0]).hexdigest() in page.words
    with database.writing() as session:
        make_person(session, place, "Sen Prov", joined=date(2025, 6, 1))
        session.execute(sa.update(Association).where(Association.id == place.id).values(name="Ett annat namn"))
    assert everything() == before
    for address in ("uppdatera", "text/members", "jamforelse"):
        answer = chair.post(f"{MINE}/{YEAR}/{address}", {"text": "x", "edition": "1", "figure": "members"})
        assert "fastställd och kan inte ändras" in answer.words
    page = chair.submit(chair.get(f"{MINE}/{YEAR}"), "/rattelse", "Spara rättelsen", note="Det ska vara tretton.")
    assert "Det ska vara tretton." in page.words
    assert chair.submit(page, "/ny-version", why="").status == 422
    page = chair.submit(page, "/ny-version", why="En siffra var fel.")
    assert "Version 2" in page.words
    assert "Nytt." in page.words
    assert "En siffra var fel." in page.words
    old = chair.get(f"{MINE}/{YEAR}?version=1")
    assert "Stämmer" in old.words
    assert before[2].split("<dl")[1] in old.html
    with database.writing() as session:
        session.execute(sa.update(Report).where(Report.version == 1).values(content=Report.content + " "))
    assert "Kontrollsumman stämmer inte" in chair.get(f"{MINE}/{YEAR}?version=1").words


def test_it_is_taken_along_as_odt_markdown_csv_and_paper(app, chair, place):
    drafted(chair)
    chair.submit(
        chair.get(f"{MINE}/{YEAR}/text/comment:new"),
        "/text/",
        "Spara texten",
        text="Bra \x0b<b>fart</b> & glädje\n1. *Först*",
    )
    file = chair.client.get(f"{MINE}/{YEAR}/rapport.odt").get_data()
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        assert opened.namelist()[0] == "mimetype"
        assert opened.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        for name in opened.namelist():
            if name.endswith((".xml", ".rdf")) and opened.read(name):
                ET.fromstring(opened.read(name))
    text = odfdo.Document(io.BytesIO(file)).get_formatted_text()
    for words in ("Verksamhetsberättelse 2025", "tolv medlemmar", "Bra <b>fart</b> & glädje", "=Årsmöte & <fika>"):
        assert words in text
    plain = chair.get(f"{MINE}/{YEAR}/rapport.md").response.get_data(as_text=True)
    for words in ("# Verksamhetsberättelse 2025\n", "\\<b\\>fart\\</b\\> & glädje\n1\\. \\*Först\\*", "| --- |"):
        assert words in plain, plain
    rows = list(
        csv.reader(
            io.StringIO(chair.get(f"{MINE}/{YEAR}/siffror.csv").response.get_data().decode("utf-8-sig")), delimiter=";"
        )
    )
    assert ["Aktiva medlemmar", "Härnösand", "7", "12", "58", "", ""] in rows
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    with app.extensions["database"].reading() as session:
        figures = session.scalars(sa.select(Report.figures)).first()
    named = report_csv.write({**figures, "place": {**figures["place"], "name": "=1+1"}}, "sv").decode("utf-8-sig")
    assert '"\'=1+1"' in named
    assert '"=' not in named
    assert "Vid årets slut hade föreningen tolv medlemmar" in chair.get(f"{MINE}/{YEAR}/utskrift").words


def test_each_reads_and_writes_what_is_theirs(app, chair, place, cast):
    organizer, other = (Visitor(app).log_in_as(one) for one in (cast.organizer, cast.timra_chair))
    drafted(chair)
    assert organizer.get(f"{MINE}/{YEAR}").status == 200
    assert organizer.get(f"{MINE}/{YEAR}/text/members").status == 404
    assert organizer.post(f"{MINE}/{YEAR}/uppdatera").status == 404
    assert other.get(f"{MINE}/{YEAR}").status == 404
    assert chair.get("/forening/vasternorrland/arsrapport/2025").status == 404
    page = organizer.submit(organizer.get(f"/rapporter/{YEAR}"), f"/{YEAR}", "Skapa utkast")
    assert "Aktiva medlemmar per förening" in page.words
    page = organizer.submit(
        organizer.get("/forening/vasternorrland/arsrapport/2025/faststall"), "/faststall", "Fastställ rapporten"
    )
    assert "Disa Distrikt" in page.words
    assert chair.get(f"/rapporter/{YEAR}").address == f"{MINE}/{YEAR}"
    assert chair.get("/rapporter").address == MINE


def test_a_year_that_cannot_be_told_is_refused_in_words(app, chair, place, cast, database, clock):
    assert "2027 har inte börjat" in chair.get(f"{MINE}/2027").words
    answer = chair.post(f"{MINE}/2027")
    assert answer.status == 422
    assert "2027 har inte börjat. Du kan göra en årsrapport för 2026" in answer.words
    page = drafted(chair, 2026)
    assert "preliminära" in page.words
    assert "Preliminär" in page.words
    page = chair.submit(chair.get(f"{MINE}/2026/faststall"), "/faststall", "Fastställ rapporten")
    assert page.status == 422
    assert "Året är inte slut" in page.words
    clock.forward(days=60)
    chair.log_in_as(cast.chair)
    assert "Uppdatera siffrorna och fastställ sedan" in chair.get(f"{MINE}/2026/faststall").words
    page = drafted(chair, 2019)
    assert "Det finns inga uppgifter om medlemmarna 2019" in page.words
    with database.writing() as session:
        session.execute(sa.update(Association).where(Association.id == place.id).values(founded_on=date(2025, 5, 3)))
    assert "bildades 2025-05-03" in chair.post(f"{MINE}/2024").words
    page = drafted(chair)
    assert "Härnösand bildades den 3 maj 2025" in page.words
    page = chair.submit(page, "/uppdatera")
    assert "Medlemmar vid förra årsskiftet: saknas" in page.words
    assert chair.submit(page, "/jamforelse", figure="members", number="många", source="x").status == 422
    page = chair.submit(page, "/jamforelse", figure="members", number="9", source="Bildandemötet")
    assert "tre fler än vid förra årsskiftet*" in page.words


def test_merged_associations_are_compared_together(session, cast, place):
    ange = make_association(session, "Ånge", cast.district)
    for n in range(6):
        make_person(session, ange, f"Ånge{n} Prov")
    session.execute(
        sa.text("UPDATE memberships SET to_day = '2025-09-01', to_why = 'merged' WHERE association_id = :ange"),
        {"ange": ange.id},
    )
    ange.closed_on, ange.merged_into_id = date(2025, 9, 1), place.id
    for n in range(6):
        make_person(session, place, f"Kvar{n} Prov", joined=date(2025, 9, 1))
    session.execute(sa.text("UPDATE memberships SET from_why = 'merged' WHERE from_day = '2025-09-01'"))
    now = datetime(2026, 1, 10, 9, tzinfo=UTC)
    found = report_gathering.gather(session, place, YEAR, now)
    assert found["now"]["members"] == 18
    assert found["before"]["members"] == 16  # ten of Härnösand and six of Ånge
    assert found["now"]["growth"]["merged_in"] == 6
    assert found["now"]["joined"] == 2
    gone = report_gathering.gather(session, ange, YEAR, now)
    assert (gone["last"], gone["now"]["members"]) == ("2025-08-31", 6)
    with pytest.raises(Refused, match="fanns till och med 2025-08-31"):
        report_gathering.gather(session, ange, 2026, now)


def test_a_large_district_is_counted_by_the_worker_and_january_makes_drafts(
    app, database, cast, place, clock, monkeypatch
):
    monkeypatch.setattr(district_figures, "LARGE", 1)
    organizer = Visitor(app).log_in_as(cast.organizer)
    page = organizer.submit(organizer.get(f"/rapporter/{YEAR}"), f"/{YEAR}", "Skapa utkast")
    assert "Siffrorna räknas." in page.words
    assert report_work.work(database, clock, lambda: False) == 1
    assert "Vid årets slut hade distriktet tolv medlemmar" in organizer.get(f"/rapporter/{YEAR}").words
    clock.now = datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert report_work.work(database, clock, lambda: False) == 3
    assert report_work.work(database, clock, lambda: False) == 0
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Report.year == 2026)) == 3


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 9), min_size=2, max_size=5))
def test_no_small_association_can_be_worked_out_of_the_districts_report(session, sizes):
    with session.begin_nested() as undone:
        district = make_association(session, f"Distrikt{id(sizes)}", kind="district")
        for n, size in enumerate(sizes):
            one = make_association(session, f"Ort{n} {id(sizes)}", district)
            for _ in range(size):
                make_person(session, one, number=None)
        found = report_gathering.gather(session, district, YEAR, datetime(2026, 1, 10, 9, tzinfo=UTC))
        undone.rollback()
    shown = [one["members"] for one in found["places"]]
    assert all(number is None or number >= 5 for number in shown)
    hidden = [size for size, number in zip(sizes, shown, strict=True) if number is None]
    if found["now"]["members"] is not None:
        assert len(hidden) != 1 or len(sizes) == 1
    for one in found["places"]:
        assert one["members"] is not None or (one["active"], one["before"]) == (None, None)


def test_the_page_asks_as_little_of_a_large_district_as_of_a_small_one(session, cast, place, clock):
    report = reports.ask(session, cast.district, YEAR, cast.organizer.id, clock.now)
    report_work.count(session, report, clock.now)
    asked = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    written = reports.texts_of(session, report.id)
    assert reports.document(report, written, "sv")["sections"]
    assert len(asked) == 1
    assert report_seal.of(reports.to_seal(report, written)) == report_seal.of(reports.to_seal(report, written))
