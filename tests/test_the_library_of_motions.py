"""Motions are put in by one association, found by everybody, borrowed by others, and changed only by their own."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from campaigns.models import Blast
from organizer import assignments, motions
from organizer.models import Motion
from organizer.motions import Draft, File, Wanted
from organizer.words import Refused
from tests.conftest import scalar
from tests.factories import make_person

BUS = Draft("Avgiftsfria bussar för unga", "Vi föreslår att bussarna blir avgiftsfria i hela länet.", municipality="Härnösand",
            theme="Kollektivtrafik", result="rejected", put_on=date(2026, 3, 1))  # fmt: skip


@pytest.fixture
def bus(database, cast, clock):
    with database.writing() as session:
        return motions.add(session, cast.harnosand.id, BUS, File("Buss.pdf", b"%PDF-1.7"), cast.chair.id, clock.now)


def test_a_motion_is_written_with_a_file_and_read_by_a_caller(visitor, app, cast, database):
    visitor.log_in_as(cast.chair)
    empty = visitor.get("/motioner")
    assert "Här är det tomt än" in empty.words
    file = FileStorage(io.BytesIO(b"%PDF-1.7 text"), "../../Min motion.pdf")
    form = {
        "title": "Mer träd", "kind": "motion", "result": "open", "theme": "Miljö", "municipality": "Härnösand",
        "put_on": "2026-04-01", "body": "", "link": "", "file": file, "csrf_token": visitor.token(),
    }  # fmt: skip
    visitor.client.post("/motioner/ny", data=form, content_type="multipart/form-data")
    made = scalar(database, sa.select(Motion.id))
    caller = type(visitor)(app).log_in_as(cast.caller, "caller")
    assert "Mer träd" in caller.get("/motioner?tema=Miljö").words
    answer = caller.client.get(f"/motioner/{made}/fil")
    assert answer.data == b"%PDF-1.7 text"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Min motion.pdf"'
    assert answer.mimetype == "application/octet-stream"
    assert caller.get(f"/motioner/{made}/andra").status == 404


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "Skriv vad motionen heter"),
        ("link", "javascript:alert(1)", "Länken ska börja med https://"),
        ("body", "", "Skriv motionens text"),
        ("put_on", "i våras", "Skriv dagen som år-månad-dag"),
        ("result", "kanske", "Välj ett av alternativen"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_what_was_typed_is_kept(visitor, cast, database, field, value, sentence):
    visitor.log_in_as(cast.chair)
    good = {"title": "Mer träd", "body": "Text", "kind": "motion", "result": "open", "municipality": "Kramfors"}
    page = visitor.post("/motioner/ny", good | {field: value})
    assert page.status == 422
    assert sentence in page.words
    assert f'href="#{field}"' in page.html
    assert "Kramfors" in page.html
    assert scalar(database, sa.select(sa.func.count()).select_from(Motion)) == 0


def test_words_are_found_without_marks_and_wherever_they_stand(session, cast, clock):
    long = "ord " * 400 + "nyckelpiga slutet"
    first = motions.add(session, cast.harnosand.id, BUS, None, cast.chair.id, clock.now)
    second = motions.add(session, cast.timra.id, Draft("Djur", long), None, cast.chair.id, clock.now)
    found = lambda **wanted: [row.id for row in motions.find(session, Wanted(**wanted))]  # noqa: E731
    assert found(words="harnosand BUSSAR") == [first]
    assert found(words="nyckelpiga") == [second]
    assert found(words="100%") == []
    assert found(result="rejected", theme="Kollektivtrafik") == [first]
    assert found() == [second, first]


def test_a_borrowed_motion_is_a_new_one_that_says_where_it_came_from(visitor, app, bus, cast, database):
    neighbour = type(visitor)(app).log_in_as(cast.timra_chair)
    edited = neighbour.submit(neighbour.get(f"/motioner/{bus}"), "/lana")
    neighbour.submit(edited, "/andra", title="Bussar i Timrå", municipality="Timrå")
    borrowed = scalar(database, sa.select(Motion.id).where(Motion.borrowed_from_id == bus))
    shown = neighbour.get(f"/motioner/{borrowed}")
    assert "Lånad från Härnösand" in shown.words
    assert "Hämta filen Buss.pdf" in shown.words
    assert "Inte avgjord" in shown.words
    assert neighbour.get(f"/motioner/{bus}/andra").status == 404
    owner = visitor.log_in_as(cast.chair)
    owner.submit(owner.get(f"/motioner/{bus}"), "/ta-bort")
    assert "Lånad från" not in neighbour.get(f"/motioner/{borrowed}").words


@pytest.mark.parametrize(
    "file",
    [
        File("virus.exe", b"x"), File("stor.pdf", b"%PDF-" + b"x" * motions.MOST_BYTES), File("tom.pdf", b""),
        File("sida.pdf", b"<html><script>alert(1)</script>"), File("program.docx", b"MZ\x90\x00"),
        File("makro.docx", b"PK\x03\x04 word/vbaProject.bin"), File("program.txt", b"\x7fELF\x00"),
    ],
)  # fmt: skip
def test_a_file_that_will_not_do_changes_nothing(session, bus, file):
    with pytest.raises(Refused):
        motions.edit(session, bus, BUS, file)
    assert motions.file_of(session, bus) == File("Buss.pdf", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Mina\\motion.pdf", "motion.pdf"),
        ('a"\r\nSet-Cookie: x=1.pdf', "a___Set-Cookie_ x_1.pdf"),
        ("\u202efdp.exe.pdf", "_fdp.exe.pdf"),
        ("å" * 200 + ".pdf", "å" * 100 + ".pdf"),
    ],
)
def test_no_name_of_a_file_reaches_beyond_itself(visitor, session, cast, bus, sent, kept):
    motions.edit(session, bus, BUS, File(sent, b"%PDF-1.7 <script>"))
    session.commit()
    answer = visitor.log_in_as(cast.chair).client.get(f"/motioner/{bus}/fil")
    assert motions.file_of(session, bus).name == kept
    assert "Set-Cookie" not in answer.headers or "x=1" not in answer.headers["Set-Cookie"]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_last_months_motions_are_read_together_and_become_a_text_to_the_group_leaders(visitor, cast, database, clock):
    october = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)  # half past eleven in Stockholm
    with database.writing() as session:
        for n in range(5):
            made = motions.add(session, cast.timra.id, replace(BUS, title=f"Oktober {n}"), None, cast.chair.id, october)
        motions.borrow(session, made, cast.harnosand.id, cast.chair.id, october)
        motions.add(
            session, cast.timra.id, replace(BUS, title="För sent"), None, cast.chair.id, october + timedelta(hours=1)
        )
        leader = make_person(session, cast.timra, "Gun Ledare").id
        assignments.add(session, leader, cast.timra.id, "group_leader", date(2026, 1, 1), None, None, clock.now)
    visitor.log_in_as(cast.organizer)
    assert "5 nya motioner kom förra månaden." in visitor.get("/oversikt").words
    page = visitor.get("/motioner/nya")
    assert ("Oktober 2026" in page.words, "Oktober 4" in page.words, "För sent" in page.words) == (True, True, False)
    draft = visitor.submit(page, "/motioner/nya/sms", "Skriv sms till gruppledarna")
    assert ("har uppdraget Gruppledare" in draft.words, "av 1 i urvalet" in draft.words) == (True, True)
    with database.reading() as session:
        blast = session.scalars(sa.select(Blast)).one()
    assert "Oktober 0 (Timrå); Oktober 1 (Timrå); Oktober 2 (Timrå); 2 till." in blast.body
    assert "/motioner/nya?manad=2026-10" in blast.body
    assert visitor.post("/motioner/nya/sms", {"month": "2026-01"}).status == 404
    assert "Inget nytt den månaden" in visitor.get("/motioner/nya?manad=2026-01").words
