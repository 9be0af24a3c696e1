"""What each one gets: stepped through on the writer's and the reviewer's pages, and the list of who they are."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import blast_preview, blast_recipients, sms_text
from campaigns.blast_preview import SHOWN
from campaigns.blast_recipients import Audience
from campaigns.blast_texts import Figures, Writer
from campaigns.models import Blast
from campaigns.views.blasts import WRITE, base, found, heading, pages
from organizer import access, page
from organizer.models import Association, Person
from organizer.words import Missing

EVERYBODY = "alla"


@pages.get("/<int:blast_id>/far/<which>")
@access.allow(*WRITE)
def getting(blast_id: int, which: str) -> ResponseReturnValue:
    """Who gets it, by name, a page at a time; `which` = everybody, or a field that some of them lack."""
    blast = found(blast_id, *WRITE)
    if which != EVERYBODY and which not in sms_text.FIELDS:
        raise Missing
    session, after = page.session(), max(0, min(request.args.get("efter", 0, type=int), 2**31 - 1))
    writer = Writer(session, blast, base(), page.now())
    audience = blast_recipients.audience(session, blast, page.now())
    all_ = blast_preview.getting(writer, audience, None if which == EVERYBODY else which)
    some = [one for one in all_ if one.person_id > after][:SHOWN]
    rows = blast_preview.names(session, some)
    page.saw(*(row["id"] for row in rows))
    title = gettext("Får sms:et") if which == EVERYBODY else gettext("Saknar {%(field)s}", field=which)
    more = some[-1].person_id if some and some[-1] is not all_[-1] else None
    return render_template(
        "blasts/getting.html", rows=rows, total=len(all_), of=len(audience.recipients), which=which, more=more,
        page_title=title, **heading(blast, 3),
    )  # fmt: skip


def stepped(blast: Blast, writer: Writer, audience: Audience, figures: Figures, *, names: bool) -> dict[str, Any]:
    """The recipient whose number the address or the button says, for the preview; to whom only if `names`."""
    wanted = request.values.get("visa", type=int)
    one = blast_preview.preview(writer, audience, figures, wanted) if blast.body.strip() else None
    if one is None:
        return {"shown": None, "shown_to": ""}
    page.saw(one.person_id)
    return {"shown": one, "shown_to": _name(one) if names else ""}


def _name(one: blast_preview.Preview) -> str:
    """First name, initial and association, as in the inbox (P§5.6)."""
    person = page.session().get_one(Person, one.person_id)
    place = page.session().get_one(Association, one.association_id)
    return f"{person.first_name} {person.last_name[:1]}., {place.short_name}".replace(" .,", ",")
