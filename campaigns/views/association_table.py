"""The district's table of associations, sortable, with the reasons to get in touch."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from campaigns import association_table
from organizer import access, page
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.words import N_

pages = Blueprint("association_table", __name__)
MENU = (
    Entry(
        N_("Föreningar"), "association_table.table", "house", (RoleName.ORGANIZER,), group=N_("Uppföljning"), order=60
    ),
)
COLUMNS = {
    "name": N_("Förening"),
    "members": N_("Medlemmar"),
    "active": N_("Aktiva"),
    "waiting": N_("Nya som väntar"),
    "last": N_("Senaste aktivitet"),
    "campaign": N_("Nådda av sökta"),
    "reasons": N_("Behöver stöd"),
}
"""What the table shows; every one can be sorted by."""


@pages.get("/foreningar")
@access.allow(RoleName.ORGANIZER)
def table() -> ResponseReturnValue:
    """Reasons and never scores; who organises the district sees every number."""
    sort = request.args.get("sort", "name")
    sort = sort if sort in COLUMNS else "name"
    found = association_table.of_district(page.session(), page.viewer(), page.now(), sort)
    return render_template(
        "associations/table.html",
        found=found,
        columns={key: gettext(words) for key, words in COLUMNS.items()},
        sort=sort,
        reasons={words: gettext(words) for words in association_table.REASONS},
        waits={days: _wait(days) for days in {row.longest_wait for row in found.rows if row.waiting}},
    )


def _wait(days: int) -> tuple[str, str]:
    """How long somebody has waited: said of the only one, and of the one who has waited longest among several."""
    alone = ngettext("%(num)s dag", "%(num)s dagar", days)
    return alone, gettext("upp till %(days)s", days=alone)
