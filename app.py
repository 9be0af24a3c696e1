"""Wiring only: settings → parts → pages → commands; the one reader of os.environ."""

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from campaigns import (
    activation_commands,
    activity_calls,
    person_page,
    plan_measures,
    retention,
    retention_commands,
    shifts,
)
from campaigns import commands as running
from campaigns import conditions as conditions_of_campaigns
from campaigns.demo import commands as demo_commands
from campaigns.personal_data import EVERYTHING
from campaigns.selection_uses import in_blasts, in_campaigns
from campaigns.views import activity_calls as activity_call_pages
from campaigns.views import (
    all_figures,
    association_support,
    association_table,
    association_todos,
    associations,
    blast_pages,
    campaign_pages,
    campaign_todos,
    follow_ups,
    inbox,
    inbox_answers,
    merging,
    messages,
    motion_news,
    new_members,
    overview,
    place_closings,
    place_mergers,
    provider,
    report_files,
    reports,
    ring,
    ring_call,
    ring_change,
    ring_incoming,
    ring_practice,
    shift_leader,
    shift_link,
)
from campaigns.worker import Worker
from organizer import (
    audit,
    commands,
    conditions,
    front,
    kept_sets,
    languages,
    page,
    plan_catalogue,
    selection_commands,
    user_commands,
)
from organizer.configuration import Configuration
from organizer.db import Database, LostARace
from organizer.imports.commands import members_group
from organizer.times import utc_now
from organizer.views import (
    account,
    activities,
    activity_guests,
    activity_selection,
    archive,
    assignments,
    calendar,
    counting,
    data_protection,
    home,
    households,
    import_layouts,
    import_people,
    interest,
    kept_form,
    log,
    login,
    many,
    motions,
    notices,
    people,
    person_edit,
    plan_pages,
    privacy,
    responsibilities,
    second_door,
    selections,
    settings,
    sign_up,
    survey_link,
    survey_paper,
    surveys,
    users,
    way_out,
)
from organizer.views import imports as import_pages

ROOT = Path(__file__).parent
AREAS: tuple[Any, ...] = (
    home,
    campaign_pages,
    campaign_todos,
    blast_pages,
    selections,
    notices,
    login,
    second_door,
    kept_form,
    account,
    settings,
    users,
    log,
    data_protection,
    activities,
    activity_guests,
    activity_selection,
    activity_call_pages,
    assignments,
    interest,
    calendar,
    sign_up,
    surveys,
    survey_paper,
    survey_link,
    motions,
    motion_news,
    responsibilities,
    messages,
    inbox,
    inbox_answers,
    provider,
    way_out,
    overview,
    all_figures,
    associations,
    archive,
    association_todos,
    new_members,
    association_support,
    association_table,
    reports,
    report_files,
    counting,
    plan_pages,
    ring,
    ring_call,
    ring_change,
    ring_incoming,
    ring_practice,
    shift_leader,
    shift_link,
    people,
    privacy,
    merging,
    place_closings,
    place_mergers,
    follow_ups,
    person_edit,
    households,
    many,
    import_pages,
    import_people,
    import_layouts,
)
"""The areas of pages, one module each."""
COMMANDS = (
    commands.db_group,
    members_group,
    user_commands.places_group,
    user_commands.users_group,
    user_commands.health_command,
    activation_commands.activation_group,
    retention_commands.retention_group,
    selection_commands.selections_group,
    running.worker_command,
    running.serve_command,
    demo_commands.demo_group,
    demo_commands.data_group,
)
"""The groups and commands of `flask --app app`."""

conditions.register(conditions_of_campaigns.KINDS, conditions_of_campaigns.SOURCES)
plan_catalogue.register(plan_measures.COUNTS)


class Rundan(Flask):
    """Flask with one transaction around each page: returning commits, raising rolls back (db.py)."""

    def dispatch_request(self) -> Response:  # type: ignore[override]
        """Run the view inside a reading (GET) or writing transaction, then note whom it showed."""
        database: Database = self.extensions["database"]
        view = self.view_functions.get(request.endpoint or "")
        if getattr(view, "without_transaction", False):
            return self.make_response(super().dispatch_request())
        patience = getattr(view, "patience", page.PATIENCE)
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            with database.reading() as session:
                response = self._answer(session)
            if g.get("seen"):
                database.write(self._log_looks, patience)
        else:
            response = self._written(database, patience)
        if not database.sqlite:  # there one process shows all pages
            kept_sets.share_due(database)
        return response

    def _answer(self, session: Session) -> Response:
        g.session = session
        return self.make_response(super().dispatch_request())

    def _written(self, database: Database, patience: float) -> Response:
        """The view and its log; once more as if the request had just come in, each time its transaction loses a race."""
        as_it_came = page.AsItCame()

        def written(session: Session) -> Response:
            as_it_came.again()
            response = self._answer(session)
            self._log_looks(session)
            return response

        try:
            return database.write(written, patience)
        except (LostARace, SQLAlchemyError):  # nothing the view told the visitor has come true
            as_it_came.again()
            raise

    def _log_looks(self, session: Session) -> None:
        if g.get("seen") and current_user.is_authenticated:
            audit.looked(session, current_user.account_id, g.seen, request.endpoint or "", g.now)


def configuration_from(environment: dict[str, str], root: Path = ROOT) -> Configuration:
    """Read the settings; without SECRET_KEY the installation is a demo and keeps a key of its own (D25)."""
    instance = Path(environment.get("RUNDAN_INSTANCE") or root / "instance")
    instance.mkdir(parents=True, exist_ok=True)
    secret = environment.get("SECRET_KEY", "")
    demo = environment.get("RUNDAN_DEMO", "") == "1" or not secret
    port = _whole(environment, "PORT", 8000)
    return Configuration(
        secret_key=secret or _kept_key(instance / "demo.key"),
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{instance / 'rundan.db'}",
        instance=instance,
        demo=demo,
        public_base_url=(environment.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        site_name=environment.get("SITE_NAME") or "Rundan",
        worker_url=environment.get("WORKER_URL") or f"sqlite:///{instance / 'worker.db'}",
        host=environment.get("HOST") or "127.0.0.1",
        port=port,
        web_processes=_whole(environment, "WEB_PROCESSES", min(4, max(2, os.cpu_count() or 2))),
        web_threads=_whole(environment, "WEB_THREADS", 8),
        behind_proxy=environment.get("BEHIND_PROXY", "") == "1",
        twilio_account_sid="" if demo else environment.get("TWILIO_ACCOUNT_SID", ""),
        twilio_auth_token="" if demo else environment.get("TWILIO_AUTH_TOKEN", ""),
        twilio_api_key_sid="" if demo else environment.get("TWILIO_API_KEY_SID", ""),
        twilio_api_key_secret="" if demo else environment.get("TWILIO_API_KEY_SECRET", ""),
        twilio_sender=environment.get("TWILIO_SENDER", ""),
        twilio_messaging_service_sid=environment.get("TWILIO_MESSAGING_SERVICE_SID", ""),
        twilio_api_base_url=environment.get("TWILIO_API_BASE_URL", ""),
    )


def _whole(environment: dict[str, str], name: str, otherwise: int) -> int:
    """A setting that is a number from 1 to 65535; anything else stops the start with a sentence."""
    text = environment.get(name) or str(otherwise)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SystemExit(f"{name} must be a whole number from 1 to 65535, not {text!r}. Nothing was started.")
    return int(text)


def _kept_key(file: Path) -> str:
    """The demo's own secret, made once and kept readable by its owner alone."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return file.read_text().strip()


def create_app(configuration: Configuration | None = None, clock: Callable[[], datetime] = utc_now) -> Rundan:
    """Build the application; tests hand in their own configuration and their own clock (D26)."""
    configuration = configuration or configuration_from(dict(os.environ))
    app = Rundan(
        __name__,
        template_folder=ROOT / "templates",
        static_folder=None,
        instance_path=str(configuration.instance.resolve()),
    )
    app.config.update(
        SECRET_KEY=configuration.secret_key,
        TESTING=configuration.testing,
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        SESSION_COOKIE_NAME="rundan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=configuration.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    if configuration.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]
    app.extensions["configuration"] = configuration
    app.extensions["clock"] = clock
    app.extensions["database"] = Database(configuration.database_url, configuration.web_threads)
    app.extensions["person_page"] = person_page
    app.extensions["activity_calls"] = activity_calls
    app.extensions["selection_uses"] = (in_campaigns, in_blasts)
    app.extensions["personal_data"] = EVERYTHING
    app.extensions["forgetting"] = retention.preview
    app.extensions["worker"] = Worker(configuration, app.extensions["database"], clock)
    app.extensions["calls_going_on"] = shifts.going_on
    app.extensions["begin_imports"] = app.extensions["worker"].begin_imports
    app.extensions["rehearses"] = app.extensions["worker"].rehearses
    app.extensions["send_sms"] = app.extensions["worker"].send_sms
    languages.set_up(app)
    CSRFProtect(app)
    login_manager = LoginManager(app)
    login_manager.session_protection = None
    front.set_up(app, login_manager)
    _add_pages(app)
    front.check_every_page_is_classified(app)
    return app


def _add_pages(app: Flask) -> None:
    """Every area of pages brings its blueprint, its lines of the menu, its start pages and its commands."""
    app.extensions["menu"] = []
    app.extensions["starts"] = {}
    for area in AREAS:
        app.register_blueprint(area.pages)
        for view in getattr(area, "SIGNED", ()):
            app.extensions["csrf"].exempt(view)
        app.extensions["menu"].extend(getattr(area, "MENU", ()))
        app.extensions["starts"].update(getattr(area, "STARTS", {}))
    for group in COMMANDS:
        app.cli.add_command(group)
