"""The catalogue of goals (P§6.7): what a plan may ask for, how it is counted, what is enough, and which page moves it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from organizer import plan_measures as measures
from organizer import plan_member_measures as members
from organizer.plan_measures import Count
from organizer.words import N_

BY_HAND = ("count", "number", "done")
"""What people note themselves: one more, a reading, or that it is done."""


@dataclass(frozen=True, slots=True)
class Work:
    """The page where a goal is moved: the button's words, the endpoint, and what its address needs."""

    words: str
    endpoint: str
    values: dict[str, str] = field(default_factory=dict)
    local: str = ""
    """The endpoint for one association (with its slug), where there is one of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of goal. Every sentence is Swedish and marked for translation."""

    key: str
    name: str
    """What is measured."""
    how: str
    """Where it comes from."""
    rules: tuple[str, ...]
    """What can be enough, the usual one first (plan_status.RULES)."""
    work: Work
    count: Count | str
    """What counts it, or one of BY_HAND."""
    finds: tuple[str, ...] = ()
    """Regular expressions that all occur in a sentence of a plan that means this (small letters)."""
    unless: str = ""
    """… and one that does not."""
    target: int | None = None
    unit: str = ""
    """What a number or a share is of."""
    pace: str = "even"
    """How it grows (plan_status.Wanted)."""
    by_share: bool = True
    scope: str = "whole"
    family: str = ""
    """Of entries of one family a sentence means the first that fits."""
    people: bool = False
    """Counts people, so that small groups are protected."""
    staff_only: bool = False
    """Only for those who organise the district."""
    sources: tuple[str, ...] = ()
    """The seeds it was taken from."""

    @property
    def by_hand(self) -> bool:
        """Whether people note it themselves."""
        return self.count in BY_HAND

    @property
    def of_people(self) -> bool:
        """Whether it counts people, as a share or a number."""
        return self.people or self.unit in {_NEW, _MEMBERS}


_COUNT = ("at_least", "per_month", "per_quarter", "per_half")
_ALL, _NEW = ("all", "percent"), N_("nya medlemmar")
PLACES, _TIMES, _MEMBERS = N_("föreningar"), "", N_("medlemmar")
_CALLS = N_("Räknas från samtal, sms och anmälningar")
_REGISTER = N_("Räknas från medlemsregistret")
_CALENDAR = N_("Räknas från kalendern")
_TAKING_PART = N_("Räknas från deltagande och uppdrag")
_HAND = N_("Räknas för hand")
_RING = Work(N_("Starta en ringkampanj"), "campaigns.choose", local="association_todos.todos")
_NEW_PEOPLE = Work(N_("Ring de nya"), "association_new.district", local="association_new.waiting")
_NOTE = Work(N_("Anteckna"), "")
_EACH = r"varje|alla|samtlig|respektive|hos varje"
_PLACE_WORD = r"(parti|lokal)?f[öo]r(e)?ning"


def _meet(kind: str, words: str = N_("Planera en aktivitet")) -> Work:
    return Work(words, "activities.new", {"slag": kind})


_ENTRIES = (
    Entry("new_contacted", N_("Nya medlemmar kontaktade inom 14 dagar"), _CALLS, _ALL, _NEW_PEOPLE,
          measures.metric("new_n"), (r"ny(a|e)? medlem|nyblivna|medlemmar som är nya", r"kontakt|ring|samtal|välkomn|särskilda insatser"),
          unit=_NEW, pace="level", people=True, scope="every", sources=("000", "001")),
    Entry("new_invited", N_("Nya medlemmar inbjudna inom 14 dagar"), _CALLS, _ALL, _NEW_PEOPLE,
          measures.metric("new_inv"), (r"ny(a|e)? medlem|nyblivna", r"inbj|bjud(s|as|a|en)? in|bjudas"),
          unit=_NEW, pace="level", people=True, scope="every", sources=("000", "001")),
    Entry("introduced", N_("Nya medlemmar som har gått en introduktion"), _TAKING_PART, ("percent", "all"), _meet("introduction", N_("Planera en introduktion")),
          members.introduced, (r"introduktion", r"ny(a|e)? medlem", r"procent|%|andel|alla"), target=50,
          unit=_NEW, people=True, family="introduction", sources=("000", "004")),
    Entry("introductions", N_("Introduktioner"), _CALENDAR, _COUNT, _meet("introduction", N_("Planera en introduktion")),
          measures.activities("introduction"), (r"introduktion(s)?(utbildning|träff|kurs|kväll|möte)?",), target=1,
          unit=_TIMES, family="introduction", sources=("000", "004")),
    Entry("renewed", N_("Andel som har förnyat medlemskapet"), _REGISTER, ("more", "percent"), _RING,
          measures.metric("renewed"), (r"förny",), unit=_MEMBERS, people=True, sources=("000", "001")),
    Entry("joined", N_("Nya medlemmar"), _REGISTER, ("more", "at_least"), Work(N_("Ring tidigare medlemmar"), "campaigns.choose", local="association_todos.todos"),
          measures.metric("joined", beat=True), (r"(antalet|antal|fler) ny(a)? medlem|antalet nya( ska)? öka|värva",),
          unit=_NEW, by_share=False, sources=("000", "001")),
    Entry("active", N_("Aktiva medlemmar"), _TAKING_PART, ("more", "percent", "at_least"), Work(N_("Starta en ringkampanj"), "campaigns.choose", local="association_todos.todos"),
          measures.active, (r"aktiva medlem|medlemmar.{0,40}(mer|blivit mer|är mer) aktiv|fler aktiva",), unless=r"tillsammans med de medlemmar|nya medlem",
          unit=_MEMBERS, pace="stock", by_share=False, people=True, sources=("000", "001", "004")),
    Entry("members", N_("Medlemmar"), _REGISTER, ("more", "at_least"), Work(N_("Starta en ringkampanj"), "campaigns.choose", local="association_todos.todos"),
          measures.metric("members", stock=True), ((r"väx(a|er|te) i (antal )?medlem|medlemsantalet (ska |skall |har |ha )*(öka|väx)|\b(bli|vara|ha) fler medlemmar|antalet medlemmar (ska|skall) (öka|växa)"
                                                     r"|\b(bli|vara|ha|nå|minst|över|till) (minst |över |upp till )?\d[\d ]* medlemmar"),),
          unit=_MEMBERS, pace="stock", by_share=False, sources=("003", "004")),
    Entry("called", N_("Föreningar med i en ringkampanj"), N_("Räknas från ringpass"), _ALL, Work(N_("Planera ett ringpass"), "campaigns.index"),
          "called", (r"ringkampanj|ring(a|er) (alla |runt|till )?.{0,20}medlem|rundring",), unit=PLACES, sources=("002",)),
    Entry("important_sms", N_("Sms vid viktiga händelser"), N_("Räknas från utskick märkta ”viktig händelse”"), _COUNT, Work(N_("Skriv ett sms"), "blasts.index"),
          "important_sms", (r"\bsms",), target=4, unit=N_("sms-utskick"), sources=("002",)),
    Entry("organizers", N_("Distriktsansvariga"), N_("Räknas från behörigheter"), ("at_least",), Work(N_("Ge någon rollen"), "users.all_roles"),
          measures.organizers, (r"ansvariga?\b", r"organisera|register|zetkin|rundan|medlemssystem"), unless=_EACH, target=3,
          unit=N_("ansvariga"), pace="level", family="responsible", sources=("002",)),
    Entry("responsible", N_("Föreningar med en ansvarig"), N_("Räknas från behörigheter"), _ALL, Work(N_("Ge någon rollen"), "users.all_roles"),
          measures.by_rule("responsible"), (r"ansvarig|ansvarar|underorganisation", rf"({_EACH})[^.]{{0,20}}{_PLACE_WORD}"), unit=PLACES,
          pace="level", family="responsible", sources=("002",)),
    Entry("chairs_meetings", N_("Möten med ordförandena"), _CALENDAR, ("per_quarter", "per_half", "at_least", "per_month"), _meet("chairs_meeting", N_("Planera ett ordförandemöte")),
          measures.activities("chairs_meeting", inner=True), (r"ordförandemöte|ordförandeträff|träff för ordförande|möte(n)? med ordförande",), target=1,
          unit=_TIMES, sources=("000", "002")),
    Entry("board_meetings", N_("Styrelsemöten"), _CALENDAR, ("at_least", "per_month", "per_quarter", "per_half"), _meet("board", N_("Planera ett styrelsemöte")),
          measures.activities("board", inner=True), (r"styrelse(n|möte|sammanträde)", r"träffas|möte|sammanträ|sammankom"), unless=r"ordför.{0,40}delta|kallelse",
          target=8, unit=_TIMES, sources=("004",)),
    Entry("offered", N_("Medlemmar som har erbjudits utbildning"), N_("Räknas från inbjudningar"), _ALL, Work(N_("Sms:a medlemmarna"), "blasts.index"),
          measures.metric("offered"), (r"medlem", r"erbj", r"utbildning|kurs|studie"), unit=_MEMBERS, people=True, family="course", sources=("000", "001")),
    Entry("course_reach", N_("Föreningar med någon som har gått en utbildning"), _TAKING_PART, _ALL, _meet("course", N_("Planera en utbildning")),
          members.at_a_course, (rf"({_EACH})[^.]{{0,20}}{_PLACE_WORD}", r"grundläggande kunskap|gått en|deltagit i (en )?utbildning"), unit=PLACES,
          family="course", sources=("004",)),
    Entry("course_themes", N_("Utbildning inom flera områden"), _CALENDAR, ("at_least", "all"), _meet("course", N_("Planera en utbildning")),
          members.themes, (r"utbildning|föreläsning|webinari|studiecirk", r"respektive område|varje område|(tre|fyra|fem|sex) områden|inom .{3,40} områden"), target=4,
          unit=N_("områden"), family="course", sources=("002",)),
    Entry("courses", N_("Utbildningar"), _CALENDAR, _COUNT, _meet("course", N_("Planera en utbildning")),
          measures.activities("course"), (r"utbildning|studiecirk|föreläsning|\bkurs",), unless=r"introduktion", target=1,
          unit=_TIMES, family="course", sources=("000", "003")),
    Entry("visits", N_("Föreningar med en fysisk aktivitet"), _CALENDAR, _ALL, _meet("action"),
          measures.covered_by_activity(in_person=True), (r"aktivitet|möte|besök|träff", rf"({_EACH})[^.]{{0,20}}{_PLACE_WORD}"), unless=r"ordförande|ansvarig|styrelse|erbjud|\b(två|tre|fyra|fem|sex|sju|åtta|nio|tio|[2-9]|\d\d)\b",
          unit=PLACES, family="activity", sources=("004",)),
    Entry("outward", N_("Utåtriktade aktiviteter"), _CALENDAR, ("per_month", "at_least", "per_quarter", "per_half"), _meet("action", N_("Planera en utåtriktad aktivitet")),
          measures.activities("action"), (r"utåtrikta|torgmöte|flygblad|dörrknack|gatukampanj",), target=1, unit=_TIMES, family="activity", sources=("004",)),
    Entry("yearly_days", N_("Utåtriktade aktiviteter på årets dagar"), _CALENDAR, ("at_least",), Work(N_("Välj en av årets dagar"), "activities.yearly"),
          measures.activities("action"), (r"1 maj|första maj|8 mars|pride",), target=3, unit=_TIMES, family="activity", sources=("001",)),
    Entry("conference", N_("Konferenser"), _CALENDAR, ("at_least", "per_half"), _meet("conference", N_("Planera en konferens")),
          measures.activities("conference"), (r"konferens",), unless=r"årskonferens(en)? (beslut|antog|har|ska besluta)|kongress", target=1,
          unit=_TIMES, family="activity", sources=("002",)),
    Entry("gatherings", N_("Aktiviteter"), _CALENDAR, _COUNT, _meet("meeting"),
          measures.activities("meeting", "action", "course", "introduction", "conference"),
          (r"\b(öppna (möten|träffar)|medlemsmöten?|medlemsträff(ar)?|aktiviteter)\b", r"minst|varje|per |\b(två|tre|fyra|fem|sex|sju|åtta|nio|tio|\d+)\b"), target=3,
          unit=_TIMES, family="activity", scope="whole", sources=("004",)),
    Entry("calendar", N_("Föreningar med något i kalendariet"), _CALENDAR, _ALL, _meet("meeting", N_("Lägg in en aktivitet")),
          measures.covered_by_activity(public=True), (r"kalendari|gemensam kalender",), unit=PLACES, sources=("004",)),
    Entry("asked", N_("Medlemmar som har fått en enkät"), N_("Räknas från samtal, länkar och svar"), _ALL, Work(N_("Gör en enkät"), "surveys.start"),
          "asked", (r"enkät|medlemsundersökning",), unless=r"svar(at|a|en)\b.{0,20}(procent|%)|(procent|%).{0,20}svar", unit=_MEMBERS, people=True, family="survey", sources=("004",)),
    Entry("answered", N_("Medlemmar som har svarat på en enkät"), N_("Räknas från svaren"), ("percent", "all"), Work(N_("Gör en enkät"), "surveys.start"),
          members.answered, (r"enkät|medlemsundersökning|svar", r"procent|%"), target=30, unit=_MEMBERS, people=True, family="survey", sources=("004",)),
    Entry("support_plans", N_("Föreningar som behöver stöd och har en stödplan"), N_("Räknas från stödplaner"), _ALL, Work(N_("Se vilka som behöver stöd"), "association_table.table"),
          "support_plans", (r"stött|stöd|hjälpa", _PLACE_WORD, r"få medlemmar|liten|ingen aktivitet|svaga|vilande|små|personella resurser"), unit=PLACES, staff_only=True, sources=("001",)),
    Entry("in_touch", N_("Föreningar som distriktet har haft kontakt med"), N_("Räknas från distriktets anteckningar"), _ALL, Work(N_("Välj en förening att ringa"), "association_table.table"),
          measures.in_touch, (r"kontakt(en)? (mellan|med)", _PLACE_WORD, r"distrikt"), unless=r"kommunikationskanal", unit=PLACES, sources=("003",)),
    Entry("motions", N_("Förslag i motionsbiblioteket"), N_("Räknas från motionsbiblioteket"), _COUNT, Work(N_("Lägg till en motion"), "motions.new"),
          measures.motions, (r"databas med (politiska )?förslag|motion(er|sbank|sbibliotek)|politiska förslag",), target=5, unit=N_("förslag"), sources=("000", "001")),
    Entry("followers", N_("Följare"), N_("Skrivs in för hand"), ("at_least",), _NOTE,
          "number", (r"följare|gilla-markering|gillar|prenumeranter",), target=1000, unit=N_("följare"), sources=("002", "003")),
    Entry("articles", N_("Debattartiklar"), _HAND, _COUNT, _NOTE, "count", (r"debattartik|insändar",), target=2, unit=N_("artiklar"), sources=("002",)),
    Entry("posts", N_("Inlägg"), _HAND, ("per_month", "at_least", "per_quarter"), _NOTE, "count", (r"inlägg",), target=2, unit=N_("inlägg"), sources=("002",)),
    Entry("newsletters", N_("Nyhetsbrev"), _HAND, ("per_month", "at_least", "per_quarter"), _NOTE, "count", (r"nyhetsbrev|medlemsbrev",), target=1, unit=N_("brev"), sources=("002",)),
    Entry("gathered", N_("Träffar"), _HAND, _COUNT, _NOTE, "count", (r"reko.?träff|träff för|nätverksträff",), unless=r"ordförande", target=1, unit=_TIMES, sources=("001",)),
    Entry("counted", N_("Något som ni räknar själva"), _HAND, _COUNT, _NOTE, "count", target=1, unit=_TIMES),
    Entry("number", N_("Ett tal som ni läser av själva"), N_("Skrivs in för hand"), ("at_least",), _NOTE, "number", target=100),
    Entry("yes_no", N_("Gjort eller inte"), N_("Bockas av för hand"), ("done",), _NOTE, "done"),
)  # fmt: skip
"""In the order in which a sentence is held against them, narrow before wide."""

CATALOGUE: dict[str, Entry] = {entry.key: entry for entry in _ENTRIES}

_ADDED: dict[str, Count] = {}


def register(counts: dict[str, Count]) -> None:
    """Add what counts the entries that name it only: calls and messages are known further out (campaigns)."""
    _ADDED.update(counts)


def counter(entry: Entry) -> Count | None:
    """What counts an entry; None for what is noted by hand and for what has lost its source."""
    return _ADDED.get(entry.count) if isinstance(entry.count, str) else entry.count


def automatic(keys: Iterable[str]) -> list[Entry]:
    """The entries of these keys that something counts."""
    return [CATALOGUE[key] for key in keys if key in CATALOGUE and CATALOGUE[key].count not in BY_HAND]
