"""Who answers for what, for everybody in the district; chairs and organisers also find the chairs' numbers."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from organizer import access, page, phones, responsibilities
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.times import local_day
from organizer.words import N_

pages = Blueprint("responsibilities", __name__)
RINGS_CHAIRS = (RoleName.CHAIR, RoleName.ORGANIZER)
MENU = (Entry(N_("Vem ansvarar"), "responsibilities.start", "people", (), order=80),)


@pages.get("/ansvar")
@access.allow()
def start() -> ResponseReturnValue:
    """The register of the viewer's district."""
    viewer = page.viewer()
    register = responsibilities.of_district(page.session(), viewer, local_day(page.now()))
    page.saw(*{one.person_id for place in register.places for one in place.people if one.person_id})
    return render_template(
        "responsibilities/start.html", register=register, wanted=responsibilities.ORGANIZERS_WANTED,
        display=phones.display, rings=viewer.holds(*RINGS_CHAIRS), gives_roles=viewer.holds(RoleName.ORGANIZER, RoleName.OWNER),
    )  # fmt: skip
