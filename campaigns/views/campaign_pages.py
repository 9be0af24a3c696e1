"""All pages on which campaigns are defined and followed: importing the modules puts them on one blueprint."""

from campaigns.views import campaign_new, campaign_settings, campaigns, shift_pages
from campaigns.views.campaigns import MENU, pages

__all__ = ["MENU", "campaign_new", "campaign_settings", "campaigns", "pages", "shift_pages"]
