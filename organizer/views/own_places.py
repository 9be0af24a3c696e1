"""The places in whose name the viewer may write something down, and the one that a form chose."""

from typing import Any

import sqlalchemy as sa
from flask import request

from organizer import access, page
from organizer.models import Association
from organizer.words import Missing, Refused


def listed(*roles: str) -> list[Any]:
    """Rows of id, short name, kind and path, in the order of the tree; places that have closed are left out."""
    here = sa.select(Association.id, Association.short_name, Association.kind, Association.path)
    here = here.where(Association.id.in_(access.reach(page.viewer(), *roles)), Association.closed_on.is_(None))
    return list(page.session().execute(here.order_by(Association.path)))


def first(*roles: str) -> int:
    """The highest of them; Missing when all have closed."""
    for one in listed(*roles):
        return int(one.id)
    raise Missing


def chosen(question: str, *roles: str, field: str = "place_id") -> Any:
    """The place that the form's `field` names, or the only one there is; Refused with the `question` when none is."""
    places = listed(*roles)
    for one in places:
        if len(places) == 1 or str(one.id) == request.form.get(field):
            return one
    raise Refused(question, field=field)
