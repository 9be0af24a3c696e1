"""Every figure of a yearly report as CSV: a line each with part, whole and percent, and the year before; no cell is a formula."""

import csv
import io
from collections.abc import Iterator

from organizer.activation import Share
from organizer.exports import safe
from organizer.metrics import NAMES
from organizer.report_figures import SHARES, Figures
from organizer.report_words import Words
from organizer.words import N_

HEAD = (N_("Vad"), N_("Var"), N_("Antal"), N_("Av"), N_("Procent"), N_("Året innan"), N_("Året innan, av"))
PARTS = {
    "joined": N_("Nya medlemmar"), "moved_in": N_("Inflyttade"), "merged_in": N_("Från en förening som gick upp i denna"),
    "left": N_("Gick ur"), "moved_out": N_("Flyttade"), "deceased": N_("Avled"), "merged_out": N_("Till en annan förening"),
}  # fmt: skip
STEPS = ("sought", "contacted", "reached", "responded", "signed_up", "attended")


def write(figures: Figures, language: str) -> bytes:
    """UTF-8 with a mark and semicolons, the way Swedish Excel opens it; what is not told is an empty cell."""
    words, text = Words(language), io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([words.say(one) for one in HEAD])
    for line in _lines(figures, words):
        writer.writerow([safe("" if cell is None else str(cell)) for cell in line])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


Line = tuple[object, ...]


def _lines(figures: Figures, words: Words) -> Iterator[Line]:
    now, before, here = figures["now"], figures["before"], figures["place"]["name"]
    yield _line(words.say(NAMES["members"]), here, now["members"], before=[before["members"], None])
    for key, name in PARTS.items():
        if now["growth"] is not None:
            yield _line(words.say(name), here, now["growth"].get(key, 0))
    for key in SHARES:
        yield _share(words.say(NAMES[key]), here, now[key], before.get(key))
    yield _line(words.say(NAMES["new_days"]), here, now["new_days"])
    for campaign in figures["campaigns"]["listed"]:
        for step in STEPS:
            if campaign["people"] is not None:
                yield _share(words.say(NAMES[step]), campaign["title"], [campaign[step], campaign["people"]], None)
    yield from _done(figures, words, here)
    for one in figures["places"]:
        was = [one["before"], None]
        share = None if one["members"] is None else [one["active"], one["members"]]
        yield _share(words.say(NAMES["active"]), one["name"], share, was)


def _done(figures: Figures, words: Words, here: str) -> Iterator[Line]:
    calling, surveys, held = figures["calling"], figures["surveys"], figures["activities"]
    yield _line(words.say(N_("Ringpass")), here, calling["shifts"])
    yield _line(words.say(N_("Ringare")), here, calling["callers"])
    yield _line(words.say(N_("Svarat på enkäter")), here, surveys["people"])
    yield _line(words.say(N_("Andra insatser")), here, figures["contributions"])
    yield _line(words.say(N_("Aktiviteter")), here, held["held"])
    yield _line(words.say(N_("Besök")), here, held["visits"])
    yield _line(words.say(N_("Sms-utskick")), here, figures["blasts"]["sent"])
    yield _line(words.say(N_("Framkomna sms")), here, figures["blasts"]["delivered"])
    yield _line(words.say(N_("Har haft uppdrag")), here, figures["offices"])
    yield _line(words.say(N_("Inlämnade motioner och förslag")), here, figures["motions"]["put"])


def _share(name: str, where: str, share: list[int] | None, before: list[int | None] | None) -> Line:
    part, whole = share or (None, None)
    return _line(name, where, part, whole, before=before)


def _line(
    name: str, where: str, part: int | None, whole: int | None = None, *, before: list[int | None] | None = None
) -> Line:
    percent = Share(part, whole).percent if part is not None and whole else None
    return (name, where, part, whole, percent, *(before or (None, None)))
