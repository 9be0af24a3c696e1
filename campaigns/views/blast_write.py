"""The first two steps of a blast: who gets it, and what it says; each saved, Back loses nothing."""

import copy
from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from campaigns import blast_recipients, blast_texts, blast_texts_ready, blasts, sms_settings, sms_text
from campaigns.blast_checks import CATEGORIES
from campaigns.blast_texts import Writer
from campaigns.models import Blast
from campaigns.views.blast_preview import stepped
from campaigns.views.blasts import WRITE, base, found, heading, pages, say_what_was_voided
from campaigns.views.campaign_form import Form
from organizer import access, page, phones, saved_selections, selections
from organizer.models import Account, Activity, ActivityOrganizer, Association, Survey
from organizer.times import local_day
from organizer.views import selection_form
from organizer.words import Refused

BUTTONS = ("förnamn", "förening", "ordförande", "aktivitet", "datum", "tid", "plats", "anmälningslänk", "enkätlänk")
"""The fields that have a button of their own; all of them can be typed."""
Values = MultiDict[str, str]


@pages.get("/<int:blast_id>/mottagare")
@access.allow(*WRITE)
def recipients(blast_id: int) -> ResponseReturnValue:
    """Step 1: who gets it, with the count of those who do and do not."""
    blast = found(blast_id, *WRITE)
    own: dict[str, Any] = next((one["definition"] for one in blast.include if "own" in one), selections.EVERYONE)
    return _recipients(blast, Form(_chosen(blast)), selection_form.shown(copy.deepcopy(own)))


@pages.post("/<int:blast_id>/mottagare")
@access.allow(*WRITE)
def save_recipients(blast_id: int) -> ResponseReturnValue:
    """Save step 1 and go on, or add a condition and stay."""
    blast, form = found(blast_id, *WRITE), Form(request.form)
    definition = selection_form.definition_of(request.form)
    if selection_form.after_button(definition, request.form, page.now()):
        return _recipients(blast, form, definition)
    try:
        with page.session().begin_nested():
            blasts.save_title(page.session(), blast_id, form.get("title"), page.viewer().account_id, page.now())
            to = _to(blast, form, definition)
            changed = blasts.save_recipients(page.session(), blast_id, to, page.viewer().account_id, page.now())
    except Refused as refusal:
        form.refuse([refusal])
        return _recipients(blast, form, definition)
    say_what_was_voided(changed)
    return redirect(url_for("blasts.write", blast_id=blast_id))


@pages.get("/<int:blast_id>/antal")
@access.allow(*WRITE)
def live_count(blast_id: int) -> ResponseReturnValue:
    """How many get it as the form stands, for the script that asks as it changes."""
    blast, form = found(blast_id, *WRITE), Form(MultiDict(request.args))
    return render_template("blasts/_count.html", **_counted(blast, form, selection_form.definition_of(form.values)))


@pages.get("/<int:blast_id>/skriv")
@access.allow(*WRITE)
def write(blast_id: int) -> ResponseReturnValue:
    """Step 2: the text, with what it takes and costs over every recipient's real one."""
    blast = found(blast_id, *WRITE)
    return _write(blast, Form(_text_values(blast)))


@pages.post("/<int:blast_id>/skriv")
@access.allow(*WRITE)
def save_text(blast_id: int) -> ResponseReturnValue:
    """Save step 2; then on to the review, or stay to count, add a field, use a template or change back."""
    session, me, now = page.session(), page.viewer().account_id, page.now()
    blast, form = found(blast_id, *WRITE), Form(MultiDict(request.form))
    if "forget" in form.values:
        reach, template = access.reach(page.viewer(), *WRITE), form.values.get("template", 0, type=int)
        blast_texts_ready.remove(session, reach, template, me, now)
        flash(gettext("Mallen är borttagen."))
        return _write(blast, form)
    if field := form.get("add"):
        form.values["body"] = f"{form.get('body')}{{{field}}}"
    if form.get("use") and (
        chosen := blast_texts_ready.one(session, access.reach(page.viewer(), *WRITE), form.get("template"))
    ):
        form.values["body"] = chosen[1]
    if "back" in form.values:
        form.values["body"] = blast.typed or form.get("body")
    try:
        with session.begin_nested():
            changed = blasts.save_text(session, blast_id, _text(blast, form), me, now)
            if "keep" in form.values:
                blast_texts_ready.save(session, blasts.one(session, blast_id), form.get("template_name"), me, now)
                flash(gettext("Mallen är sparad."))
    except Refused as refusal:
        form.refuse([refusal])
        return _write(blast, form)
    say_what_was_voided(changed)
    if "on" in form.values:
        return redirect(url_for("blasts.review", blast_id=blast_id))
    shown = form.values.get("visa", type=int)
    return redirect(url_for("blasts.write", blast_id=blast_id, visa=shown, _anchor="visar" if shown else None))


@pages.post("/<int:blast_id>/prov")
@access.allow(*WRITE)
def proof(blast_id: int) -> ResponseReturnValue:
    """The text as it is saved, to one's own phone."""
    found(blast_id, *WRITE)
    blasts.send_proof(page.session(), blast_id, page.viewer().account_id, base(), page.now())
    worker = current_app.extensions["worker"]
    sa.event.listen(page.session(), "after_commit", lambda _session: worker.wake(), once=True)
    flash(gettext("Ett prov skickas till din telefon, märkt PROV."))
    return redirect(
        url_for("blasts.review" if request.form.get("from") == "review" else "blasts.write", blast_id=blast_id)
    )


def _recipients(blast: Blast, form: Form, definition: dict[str, Any]) -> ResponseReturnValue:
    path, shown = _path(blast), selection_form.shown(definition)
    return render_template(
        "blasts/recipients.html", form=form, definition=shown, built=_built(shown),
        counted=selection_form.counted(page.session(), definition, [path], page.now()), saved=_saved(), activities=_activities(blast),
        abroad=sms_settings.current(page.session(), local_day(page.now())).abroad, **heading(blast, 1),
        **_counted(blast, form, definition), **selection_form.choices(page.session(), [path], shown, form.values),
    ), 422 if form.errors else 200  # fmt: skip


def _counted(blast: Blast, form: Form, definition: dict[str, Any]) -> dict[str, Any]:
    """Who would get it as the form stands; what cannot be read is said instead."""
    try:
        to = _to(blast, form, definition)
        trial = _trial(blast, include=to.include, exclude=to.exclude, signed_up_to=to.signed_up_to,
                       with_recent=to.with_recent, with_abroad=to.with_abroad)  # fmt: skip
        audience = blast_recipients.audience(page.session(), trial, page.now())
    except Refused as refusal:
        return {"audience": None, "wrong": page.in_words(refusal), "reasons": blast_recipients.REASONS}
    return {"audience": audience, "wrong": "", "reasons": blast_recipients.REASONS}


def _to(blast: Blast, form: Form, definition: dict[str, Any]) -> blasts.To:
    """What the form says; what was chosen before and is no longer in the list keeps its own copy."""
    known = {f"s{row.id}": {"name": row.name, "definition": row.definition, "selection_id": row.id} for row in _saved()}
    known["all"] = {"name": gettext("Alla medlemmar"), "definition": selections.EVERYONE}
    for one in (*blast.include, *blast.exclude):
        if one.get("selection_id"):
            known.setdefault(f"s{one['selection_id']}", one)
    include = [known[key] for key in dict.fromkeys(form.values.getlist("include")) if key in known]
    if _built(definition):
        wanted = selections.conditions(definition)
        selections.check_within(page.session(), wanted, [_path(blast)])
        sentence = selections.sentence(page.session(), definition, selection_form.say)
        include.append({"name": sentence[:200], "definition": definition, "own": True})
    activity = form.get("signed_up_to")
    return blasts.To(
        include=include,
        exclude=[known[key] for key in dict.fromkeys(form.values.getlist("exclude")) if key in known and key != "all"],
        signed_up_to=next((row.id for row in _activities(blast) if str(row.id) == activity), None),
        with_recent=form.has("with_recent"), with_abroad=form.has("with_abroad"),
    )  # fmt: skip


def _built(definition: dict[str, Any]) -> bool:
    """Whether anything is said in the builder of conditions; an empty one chooses nobody."""
    return definition["status"] != "members" or any(step["all"] or step.get("limit") for step in definition["steps"])


def _chosen(blast: Blast) -> Values:
    """Step 1 as it is saved."""
    values: Values = MultiDict({"title": blast.title, "signed_up_to": str(blast.signed_up_to or "")})
    for name, chosen in (("include", blast.include), ("exclude", blast.exclude)):
        for one in chosen:
            if one.get("selection_id"):
                values.add(name, f"s{one['selection_id']}")
            elif "own" not in one:
                values.add(name, "all")
    for name in ("with_recent", "with_abroad"):
        if getattr(blast, name):
            values.add(name, "on")
    return values


def _write(blast: Blast, form: Form) -> ResponseReturnValue:
    session, now = page.session(), page.now()
    settings = sms_settings.current(session, local_day(now))
    audience = blast_recipients.audience(session, blast, now)
    writer = Writer(session, blast, base(), now)
    figures = blast_texts.figures(writer, audience.recipients, settings)
    sample = audience.recipients[0] if audience.recipients else None
    return render_template(
        "blasts/write.html", form=form, figures=figures, settings=settings,
        buttons=BUTTONS, categories=CATEGORIES, activities=_activities(blast), surveys=_surveys(blast),
        dear=sms_text.dear(blast.body), kept=sms_text.cheapened(blast.body) != blast.body, ending=blast_texts.whole(session, blast).removeprefix(blast.body.strip()).strip(),
        ordinary=sms_text.places(writer.text(sample)) if sample else 0, room=160 if sms_text.gsm(writer.template) else 70,
        ready=blast_texts_ready.READY, templates=blast_texts_ready.saved(session, access.reach(page.viewer(), *WRITE)),
        number=own_number(), **stepped(blast, writer, audience, figures, names=True), **heading(blast, 2),
    ), 422 if form.errors else 200  # fmt: skip


def own_number() -> str:
    """Where a proof goes: one's own number, or nothing."""
    e164 = page.session().scalar(sa.select(Account.e164).where(Account.id == page.viewer().account_id))
    return phones.display(e164) if e164 else ""


def _trial(blast: Blast, **values: Any) -> Blast:
    """A blast like this one with some values changed, that is never saved."""
    columns = {column.key: getattr(blast, column.key) for column in sa.inspect(Blast).columns if column.key != "id"}
    return Blast(**{**columns, **values})


def _text(blast: Blast, form: Form) -> blasts.Text:
    activity, survey = form.get("activity"), form.get("survey")
    return blasts.Text(
        body=form.get("body"), sender=form.get("sender"), category=form.get("category"), important=form.has("important"),
        activity_id=next((row.id for row in _activities(blast) if str(row.id) == activity), None),
        survey_id=next((row.id for row in _surveys(blast) if str(row.id) == survey), None),
        asks=form.has("asks"), dear="back" in form.values or form.has("dear"),
    )  # fmt: skip


def _text_values(blast: Blast) -> Values:
    """Step 2 as it is saved."""
    values: Values = MultiDict({
        "body": blast.body, "sender": blast.sender, "category": blast.category,
        "activity": str(blast.activity_id or ""), "survey": str(blast.survey_id or ""),
    })  # fmt: skip
    for name in ("important", "asks"):
        if getattr(blast, name):
            values.add(name, "on")
    return values


def _path(blast: Blast) -> str:
    return page.session().scalars(sa.select(Association.path).where(Association.id == blast.association_id)).one()


def _saved() -> list[Any]:
    """The selections the viewer may use: own ones and those shared from above."""
    return list(saved_selections.usable(page.session(), selection_form.paths_of(page.viewer())))


def _activities(blast: Blast) -> list[Any]:
    """Coming activities below the blast's place or held by those above it, and the one it already has."""
    path, coming = _path(blast), (Activity.starts_at > page.now(), Activity.cancelled_at.is_(None))
    near = sa.or_(Association.path.startswith(path), sa.literal(path).startswith(Association.path))
    own = Activity.id.in_([one for one in (blast.activity_id, blast.signed_up_to) if one])
    return list(
        page.session().execute(
            sa.select(Activity.id, Activity.title, Activity.starts_at)
            .where(sa.or_(own, sa.and_(*coming, Activity.id.in_(
                sa.select(ActivityOrganizer.activity_id)
                .join(Association, Association.id == ActivityOrganizer.association_id).where(near)))))
            .order_by(Activity.starts_at, Activity.id).limit(60)
        ).all()
    )  # fmt: skip


def _surveys(blast: Blast) -> list[Any]:
    path = _path(blast)
    near = sa.or_(Association.path.startswith(path), sa.literal(path).startswith(Association.path))
    return list(
        page.session().execute(
            sa.select(Survey.id, Survey.title).join(Association, Association.id == Survey.association_id)
            .where(near).order_by(Survey.id.desc()).limit(60)
        ).all()
    )  # fmt: skip
