"""What headers of member files mean: synonyms in Swedish and English, whatever their case and marks."""

import re
from collections.abc import Iterable, Sequence

from organizer.db import search_key

SYNONYMS: dict[str, tuple[str, ...]] = {
    "first_name": ("fornamn", "tilltalsnamn", "firstname", "givenname", "forname", "fornamn1"),
    "last_name": ("efternamn", "lastname", "surname", "familyname", "enamn"),
    "name": ("namn", "fullstandigtnamn", "heltnamn", "medlem", "person", "name", "fullname", "membername", "medlemsnamn"),
    "member_number": (
        "medlemsnummer", "medlemsnr", "medlnr", "medlemsid", "medlemid", "membernumber", "memberno", "memberid",
        "membershipnumber", "membershipid", "medlemsnummerid", "mnr",
    ),
    "mobile": (
        "mobil", "mobilnr", "mobilnummer", "mobiltelefon", "mobiltel", "mobiltfn", "mobiltelefonnummer", "mobile",
        "mobilephone", "mobilenumber", "cell", "cellphone", "cellnumber",
    ),
    "phone": (
        "telefon", "tel", "tfn", "tele", "telnr", "telefonnr", "telefonnummer", "hemtelefon", "telefonhem", "telhem",
        "hemtel", "arbetstelefon", "telefonarbete", "telarbete", "fasttelefon", "fast", "ovrigtelefon", "phone",
        "phonenumber", "phoneno", "telephone", "telephonenumber", "homephone", "workphone", "landline", "nummer",
        "annattelefonnummer", "alternativtelefon",
    ),
    "email": ("epost", "epostadress", "email", "emailaddress", "emailadress", "mail", "mejl", "mejladress", "mailadress"),
    "association": (
        "forening", "partiforening", "lokalforening", "foreningsnamn", "association", "localassociation", "avdelning",
        "lokalavdelning", "branch", "localbranch", "krets", "chapter", "organisation", "underorganisation",
        "organization", "kommun", "municipality", "distrikt", "district",
    ),
    "joined": (
        "medlemsedan", "medlemfran", "intradesdatum", "intrade", "intradd", "intraddatum", "medlemskapborjade",
        "startdatum", "blevmedlem", "gickmed", "membersince", "joined", "joindate", "joinedon", "joinedat", "datejoined",
        "startdate", "inskrivningsdatum", "inskriven", "medlemskapsstart",
    ),
    "left": (
        "utradesdatum", "utrade", "uttradesdatum", "uttrade", "uttradd", "medlemtill", "slutdatum", "gickur",
        "avslutad", "avslutsdatum", "left", "leftat", "lefton", "enddate", "dateleft", "memberuntil", "resigned",
    ),
    "fee": (
        "avgift", "medlemsavgift", "betaltar", "avgiftar", "avgiftsar", "betalt", "betald", "betaldavgift", "avgiftbetald",
        "avgiftbetaldar", "betaldar", "senastbetaldaar", "senastbetaldar", "betaltforar", "betaldforar", "fee",
        "feeyear", "paid", "paidyear", "yearpaid", "feepaid", "membershipfee", "lastpaidyear", "avgiftbetaltar",
    ),
    "paid_on": (
        "betaldatum", "betalningsdatum", "betalddatum", "avgiftbetalddatum", "betaldden", "inbetald", "inbetalningsdatum",
        "paidon", "paiddate", "datepaid", "paymentdate",
    ),
    "birth_year": ("fodelsear", "foddar", "birthyear", "yearofbirth", "bornyear"),
    "tags": ("taggar", "tagg", "etiketter", "etikett", "markning", "grupper", "tags", "tag", "labels", "label", "groups"),
    "protected": (
        "skyddad", "skyddade", "skyddadidentitet", "skyddadepersonuppgifter", "skyddadepersonuppg", "sekretess",
        "sekretessmarkering", "sekretessmarkerad", "skyddadfolkbokforing", "kvarskrivning", "protected",
        "protectedidentity", "skydd",
    ),
}  # fmt: skip
"""The field of the register, and the headers that mean it; for single fields the earlier header wins."""
SEVERAL = frozenset({"mobile", "phone", "fee"})
_MEANING = {header: (name, rank) for name, headers in SYNONYMS.items() for rank, header in enumerate(headers)}
NAMES = frozenset({"name", "first_name", "last_name"})
TOP = 20
"""Rows at the top of a table among which its headers stand."""


def meaning(header: str) -> tuple[str, int]:
    """The field a header means, and how surely; numbered ones like "Telefon 2" and "Avgift 2026" too."""
    word = plain(header)
    if word in _MEANING:
        return _MEANING[word]
    shorter = re.sub(r"[0-9]+", "", word)
    name, rank = _MEANING.get(shorter, ("", 0))
    return (name, rank) if name in SEVERAL else ("", 0)


def plain(header: str) -> str:
    """A header without case, marks, spaces and punctuation: "E-post:" is "epost"."""
    return re.sub(r"[^a-z0-9]", "", search_key(header))


def names_somebody(rows: Iterable[Sequence[str]]) -> bool:
    """Whether one of these rows is the headers of people: it names a column for names."""
    return any(meaning(" ".join(cell.split())[:60])[0] in NAMES for row in rows for cell in row)
