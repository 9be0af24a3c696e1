"""*Behöver dig*: the work queue of a campaign or of all, and Rätta, Skicka vidare and Klart."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import activity_calls, reach, todo_list, todo_work
from campaigns.models import Campaign
from campaigns.views import campaign_form, campaign_words
from campaigns.views.campaign_form import Form, Values
from campaigns.views.campaigns import SEES
from organizer import access, page
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.words import N_, Missing, Refused

pages = Blueprint("todos", __name__)
MENU = (Entry(N_("Behöver dig"), "todos.work", "check", todo_list.WORKS, order=12),)
WORKS = (*todo_list.WORKS, RoleName.CHAIR)
"""A chair comes here for what has been passed on to the chair."""
ROLE_WORDS = {
    RoleName.STEWARD: N_("Medlemsansvarig"),
    RoleName.CHAIR: N_("Ordförande"),
    RoleName.ORGANIZER: N_("Distriktsansvarig"),
}


@pages.get("/atgarder")
@access.allow(*WORKS)
def work() -> ResponseReturnValue:
    """Everything that waits for the viewer, whichever campaign it comes from."""
    return _work(todo_list.mine(page.session(), page.viewer(), page.now()), None)


@pages.get("/kampanjer/<int:campaign_id>/atgarder")
@access.allow(*todo_list.WORKS)
def of_campaign(campaign_id: int) -> ResponseReturnValue:
    """The same, of one campaign."""
    session, viewer = page.session(), page.viewer()
    found = todo_list.of_campaign(session, viewer, campaign_id, page.now())
    campaign = reach.seen(session, viewer, campaign_id).campaign if viewer.holds(*SEES) else None
    if campaign is None and not found.rows:
        raise Missing
    return _work(found, campaign)


@pages.get("/atgarder/<int:todo_id>")
@access.allow(*WORKS)
def one(todo_id: int) -> ResponseReturnValue:
    """One thing to do, with everything that can be done about it."""
    return _page(_mine(todo_id), Form(Values()))


@pages.post("/atgarder/<int:todo_id>/ratta")
@access.allow(*WORKS)
def mend(todo_id: int) -> ResponseReturnValue:
    """Write the new number on the person and put them back in the queue."""
    row = _mine(todo_id)
    form = Form(request.form)
    try:
        with page.session().begin_nested():
            todo_work.mend(page.session(), row.id, form.get("number"), page.viewer().account_id, page.now())
    except Refused as refusal:
        form.refuse([refusal])
        return _page(row, form), 422
    flash(gettext("Numret är rättat. Personen är tillbaka i ringkön."))
    return _back()


@pages.post("/atgarder/<int:todo_id>/skicka")
@access.allow(*WORKS)
def pass_on(todo_id: int) -> ResponseReturnValue:
    """Give it to somebody else whose role reaches the association."""
    row = _mine(todo_id)
    to = campaign_form.whole(request.form.get("to", ""), 0)
    receiver = next((one for one in _receivers(row) if one.id == to), None)
    if receiver is None:
        form = Form(request.form)
        form.refuse([Refused("Välj vem som ska få det.", field="to")])
        return _page(row, form), 422
    todo_work.pass_on(page.session(), row.id, receiver.id, page.viewer().account_id, page.now())
    flash(gettext("Skickat till %(name)s. Personen rings inte förrän det är klart.", name=receiver.name))
    return _back()


@pages.post("/atgarder/<int:todo_id>/klart")
@access.allow(*WORKS)
def done(todo_id: int) -> ResponseReturnValue:
    """Note that it has been handled."""
    row = _mine(todo_id)
    todo_work.done(page.session(), row.id, page.viewer().account_id, page.now())
    flash(gettext("Klart."))
    return _back()


def _mine(todo_id: int) -> todo_list.Row:
    row = todo_list.one(page.session(), page.viewer(), todo_id, page.now())
    page.saw(row.person_id)
    return row


def _receivers(row: todo_list.Row) -> list[Any]:
    return todo_list.receivers(page.session(), row.id, page.viewer(), page.now())


def _work(found: todo_list.Work, campaign: Campaign | None) -> str:
    page.saw(*(row.person_id for row in found.rows))
    places = access.reach(page.viewer(), *todo_list.WORKS)
    waiting = [] if campaign else activity_calls.waiting(page.session(), places, page.now())
    return render_template("campaigns/work.html", waiting=waiting, work=found, campaign=campaign, work_words=campaign_words.NEEDS_YOU,
                           may_follow=page.viewer().holds(*SEES))  # fmt: skip


def _page(row: todo_list.Row, form: Form) -> str:
    if row.new_number and "number" not in form.values:
        form = Form(Values({**form.values, "number": row.shown_number}))
    meanings = {
        "wrong_number": gettext("Inget nytt nummer finns. Personen rings inte förrän ett nytt nummer kommer in."),
        "leaving": gettext("Ni har talats vid om medlemskapet. Personen rings inte mer i den här kampanjen."),
        "distress": gettext("Ni har hört av er. Personen rings inte mer i den här kampanjen."),
    }
    return render_template(
        "campaigns/todo.html", row=row, form=form, words=campaign_words.NEEDS_YOU[row.kind], receivers=_receivers(row),
        role_words=ROLE_WORDS, done_means=meanings.get(row.kind, gettext("Försvinner ur listan.")),
    )  # fmt: skip


def _back() -> ResponseReturnValue:
    """To the campaign the button stood in, or to the work queue."""
    campaign_id = campaign_form.whole(request.form.get("back", ""), 0)
    if campaign_id and page.viewer().holds(*SEES):
        return redirect(url_for("campaigns.one", campaign_id=campaign_id) + "#behover")
    return redirect(url_for("todos.work"))
