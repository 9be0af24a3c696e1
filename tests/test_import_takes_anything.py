"""No bytes and no cells make an import crash or apply half; what a library wrote is read back the same."""

import contextlib
import io

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import imports
from organizer.imports import questions
from organizer.imports.reading import open_table
from organizer.models import Fee, Import, ImportRow, Membership, Person, Phone
from organizer.words import Refused
from tests.factories import NOW
from tests.member_files import as_csv, as_openpyxl

OPEN_ENDED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADERS = [
    "Medlemsnr",
    "Förnamn",
    "Efternamn",
    "Mobil",
    "Telefon",
    "E-post",
    "Förening",
    "Medlem sedan",
    "Betald år",
    "Taggar",
    "Skyddad",
]
plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\ufeff'), max_size=12)
odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
likely = st.sampled_from([
    "", "1", "1", "2", "Åsa", "Öberg", "070-174 06 05", "0701740606", "701740605", "4,67E+10", "08-465 004 00", "Timrå",
    "Härnösand", "2024-03-01", "2026", "ja", "nej", "asa@example.org", "19900101-0017", "=1+1", "\x01", "🌹", "'", ";",
])  # fmt: skip
cells = st.lists(st.one_of(likely, odd), min_size=len(HEADERS), max_size=len(HEADERS))


def counts(session):
    return [
        session.scalar(sa.select(sa.func.count()).select_from(one))
        for one in (Person, Membership, Phone, Fee, ImportRow)
    ]


@OPEN_ENDED
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda tail: b"Namn;Mobil\n" + tail),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
        st.tuples(st.integers(0, 4000), st.binary(max_size=8)).map(
            lambda hit: as_openpyxl().getvalue()[: hit[0]] + hit[1]
        ),
        st.text(max_size=200).map(lambda text: ("Namn,Telefon\n" + text).encode("utf-16", "surrogatepass")),
    )
)
def test_any_bytes_are_read_or_refused_in_words(session, cast, content):
    before = counts(session)
    with contextlib.suppress(Refused):
        imports.check(session, io.BytesIO(content), cast.harnosand.id, NOW)
    assert counts(session) == before


@OPEN_ENDED
@given(st.lists(cells, min_size=1, max_size=6), st.sampled_from(["left", "nothing"]))
def test_any_cells_do_exactly_what_the_check_said(session, cast, rows, missing):
    file = as_csv(rows, HEADERS)
    try:
        said = imports.check(session, file, cast.district.id, NOW, missing_means=missing)
    except Refused:
        return
    people = counts(session)[0]
    done = imports.import_file(session, file, cast.district.id, NOW, missing_means=missing, answers=questions.ALL)
    assert {k: (v, said.stored()[k]) for k, v in done.stored().items() if v != said.stored()[k]} == {}
    assert counts(session)[0] == people + said.created
    assert said.rows == said.created + said.updated + said.unchanged + said.out
    again = imports.import_file(session, file, cast.district.id, NOW, missing_means=missing, answers=questions.ALL)
    assert again.created == 0
    assert again.updated == 0
    assert not session.scalar(sa.select(sa.func.count()).where(Person.search_key.like("%900101%")))


@OPEN_ENDED
@given(st.lists(cells, min_size=1, max_size=6))
def test_the_kept_rows_of_a_check_do_the_same_as_the_file(session, cast, rows):
    file = as_csv(rows, HEADERS)
    try:
        import_id = imports.stage(
            session, file, cast.district.id, NOW, missing_means="nothing", account_id=cast.organizer.id, filename="x"
        )
    except Refused:
        return
    shown = imports.restored(session.get(Import, import_id, populate_existing=True).report)
    report, done = imports.apply_checked(session, import_id, shown.fingerprint, NOW, cast.organizer.id, questions.ALL)
    assert done
    assert report.stored() == shown.stored()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(plain, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([";", ",", "\t"]),
)
def test_a_written_file_reads_back_the_same(rows, encoding, delimiter):
    headers = ["Förnamn", "Efternamn", "Mobil"]
    written = [headers, *rows]
    filled = [row for row in written if any(cell and not cell.isspace() for cell in row)]
    try:
        found = [row for _, row in open_table(as_csv(rows, headers, delimiter=delimiter, encoding=encoding)).rows()]
    except Refused as refusal:
        pytest.fail(refusal.sentence)
    assert found == filled
