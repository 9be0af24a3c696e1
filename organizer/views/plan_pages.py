"""All pages of activity plans: importing the modules puts them on one blueprint."""

from organizer.views import plan, plan_goal, plan_write
from organizer.views.plan import MENU, pages

__all__ = ["MENU", "pages", "plan", "plan_goal", "plan_write"]
