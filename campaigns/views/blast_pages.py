"""All pages on which blasts are written, approved and followed: importing the modules puts them on one blueprint."""

from campaigns.views import blast_preview, blast_review, blast_status, blast_write, blasts
from campaigns.views.blasts import MENU, STARTS, pages

__all__ = ["MENU", "STARTS", "blast_preview", "blast_review", "blast_status", "blast_write", "blasts", "pages"]
