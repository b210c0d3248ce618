"""The sitemap: every public page that is in force, by its address."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from concord.web.public.overview_pages import Everything

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


def sitemap_of(whole: Everything, origin: str) -> str:
    """The document of sitemaps.org; each address once, in a fixed order."""
    addresses = dict.fromkeys(_addresses(whole))
    lines = "".join(f"<url><loc>{escape(origin + address)}</loc></url>\n" for address in addresses)
    return f"{_HEAD}{lines}</urlset>\n"


def _addresses(whole: Everything) -> Iterable[str]:
    yield from ("/", "/plans/", "/beneficiaries/", "/organisations/", "/about/")
    for place in whole.places:
        yield from (place.plan, place.versions)
        yield from (place.action(action["key"]) for action in place.text.actions)
        if place.text.needs:
            yield place.needs
            yield from (place.need(need["key"]) for need in place.text.needs)
    yield from (f"/beneficiaries/{name.code}/" for name in (whole.first.places if whole.first else []))
    yield from (f"/organisations/{key}/" for text in whole.texts for key in text.organisations)
