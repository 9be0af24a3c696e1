"""A call's page weighs at most 15 kB (D12): in a campaign that asks much, what is seldom needed comes after the page.

Without JavaScript it is a page of its own; ring.js fetches it (`call.rest`) so that it opens without network too.
"""

from campaigns.views.ring_scene import Go

MOST = 15 * 1024
SELDOM = ("annat", "fel-nummer", "nej", "tillbaka")
"""Sections that can be left out of the page, the one least often needed first."""


def within(html: str, own_pages: Go) -> str:
    """The page with as many of its seldom sections as it can carry; links to the others lead to `own_pages`."""
    for name in SELDOM:
        if len(html.encode()) <= MOST:
            break
        before, section, after = html.partition(f'<section class="sheet" id="{name}"')
        if section:
            html = before + after.partition("</section>")[2]
            html = html.replace(f'href="#{name}"', f'href="{own_pages.to(name)}"')
    return html
