"""The public pages. Reading only: each finds its text, fills one page and sends it as stored bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import NotFound
from concord.publication.exports import FORMATS, file_name, media_type
from concord.publication.queries import file_of, proof_of
from concord.publication.reading import PlanText
from concord.web.public.action_page import ActionPage, action_page
from concord.web.public.beneficiary_page import beneficiary_page
from concord.web.public.needs_page import NeedPage, NeedsPage, need_page, needs_page
from concord.web.public.organisation_page import moved_to, organisation_page, organisations_page
from concord.web.public.overview_pages import Everything, everything, plans_page
from concord.web.public.places import Place, find_place
from concord.web.public.plan_page import PlanPage, plan_page
from concord.web.public.sitemap import sitemap_of
from concord.web.public.stored import ASK_AGAIN, FOR_EVER, answer, rendering_of, stored
from concord.web.public.versions_page import versions_page

View = Callable[..., HttpResponseBase]

_NAVIGATION = (
    ("Plans", "/plans/"),
    ("Beneficiaries", "/beneficiaries/"),
    ("Organisations", "/organisations/"),
    ("About", "/about/"),
)


def public(view: View) -> View:
    """GET and HEAD only; what is not there gets a page that says what is."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        try:
            return view(request, **parts)
        except NotFound as error:
            return _not_found(request, str(error))

    return shown


def _not_found(request: HttpRequest, why: str) -> HttpResponseBase:
    body = _rendered("not_found", request, over=everything(), page=plans_page(), why=why)
    return answer(request, rendering_of(body.encode()), keep=ASK_AGAIN, status=404)


def _rendered(
    name: str,
    request: HttpRequest,
    *,
    page: Any,
    text: PlanText | None = None,
    over: Everything | None = None,
    **more: Any,
) -> str:
    """A page without request, session or person, so that all readers get the same bytes."""
    named = text or (over.first if over else None)
    notices = text.standing_notices if text else (over.notices if over else [])
    context = {
        "page": page,
        "origin": _origin(request),
        "framework_name": text.framework["name"] if text else (over.framework_name if over else ""),
        "notices": notices,
        "kosovo_footnote": named.footnotes[0] if named and named.footnotes else "",
        "naming": named.places if named else [],
        "nav_items": [
            {"text": label, "href": href, "current": request.path.startswith(href)}
            for label, href in _NAVIGATION
        ],
        **more,
    }
    return get_template(f"public/{name}.html").render(context)


def _text_page(
    request: HttpRequest,
    name: str,
    fill: Callable[[Place], Any],
    *,
    ref: str,
    number: int | None,
    day: str | None,
) -> HttpResponseBase:
    """A page of one text. The text is looked for only where the page is not stored yet."""

    def made() -> str:
        place = find_place(ref, number, day)
        return _rendered(name, request, page=fill(place), text=place.text)

    return stored(request, made, keep=_kept(number))


def _kept(number: int | None) -> str:
    """What has a version's number in its address never changes."""
    return ASK_AGAIN if number is None else FOR_EVER


# --- one text ---------------------------------------------------------------------------------------


@public
def plan(
    request: HttpRequest, *, ref: str, number: int | None = None, day: str | None = None
) -> HttpResponseBase:
    """A plan: in force, by its number, or as it was on a day."""

    def fill(place: Place) -> PlanPage:
        return plan_page(place, request.GET, origin=_origin(request))

    return _text_page(request, "plan", fill, ref=ref, number=number, day=day)


@public
def action(
    request: HttpRequest, *, ref: str, key: str, number: int | None = None, day: str | None = None
) -> HttpResponseBase:
    """One action of a text."""

    def fill(place: Place) -> ActionPage:
        return action_page(place, key, origin=_origin(request))

    return _text_page(request, "action", fill, ref=ref, number=number, day=day)


@public
def needs(
    request: HttpRequest, *, ref: str, number: int | None = None, day: str | None = None
) -> HttpResponseBase:
    """Needs and support of a text, where its framework makes them public."""

    def fill(place: Place) -> NeedsPage:
        return needs_page(place, request.GET)

    return _text_page(request, "needs", fill, ref=ref, number=number, day=day)


@public
def need(
    request: HttpRequest, *, ref: str, key: str, number: int | None = None, day: str | None = None
) -> HttpResponseBase:
    """One need of a text with what its cells rest on."""

    def fill(place: Place) -> NeedPage:
        return need_page(place, key)

    return _text_page(request, "need", fill, ref=ref, number=number, day=day)


@public
def versions(
    request: HttpRequest, *, ref: str, number: int | None = None, day: str | None = None
) -> HttpResponseBase:
    """All texts of a plan. It grows with each publication, so it has one address."""
    if number is not None or day is not None:
        find_place(ref, number, day)
        return HttpResponseRedirect(f"/plans/{ref}/versions/")

    def made() -> str:
        page = versions_page(ref, request.GET)
        return _rendered("versions", request, page=page, text=page.text)

    return stored(request, made)


@public
def download(
    request: HttpRequest, *, ref: str, format_name: str, number: int | None = None, day: str | None = None
) -> HttpResponseBase:
    """A text as a file, byte for byte as it was published."""
    place = find_place(ref, number, day)
    if format_name not in FORMATS:
        raise NotFound(f"There is no file of the format “{format_name}”. There are: {', '.join(FORMATS)}.")
    content, sha256 = file_of(place.edition, format_name)
    etag = f'"{sha256}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type=media_type(format_name))
        named = file_name(place.text.document, format_name)
        response.headers["Content-Disposition"] = f'attachment; filename="{named}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = _kept(number)
    return response


@public
def proof(request: HttpRequest, *, ref: str, number: int) -> HttpResponseBase:
    """Hash, signature and key of a version, for checking it without this server."""
    place = find_place(ref, number)
    body = canonical_bytes(proof_of(place.edition))
    return answer(request, rendering_of(body), keep=FOR_EVER, content_type="application/json")


# --- over all texts in force --------------------------------------------------------------------------


@public
def home(request: HttpRequest) -> HttpResponseBase:
    """The first page."""

    def made() -> str:
        page = plans_page()
        return _rendered("home", request, page=page, over=page.whole)

    return stored(request, made)


@public
def plans(request: HttpRequest) -> HttpResponseBase:
    """The plans in force."""

    def made() -> str:
        page = plans_page()
        return _rendered("plans", request, page=page, over=page.whole)

    return stored(request, made)


@public
def organisations(request: HttpRequest) -> HttpResponseBase:
    """Every organisation that a plan in force names."""

    def made() -> str:
        page = organisations_page()
        return _rendered("organisations", request, page=page, over=page.whole)

    return stored(request, made)


@public
def organisation(request: HttpRequest, *, key: str) -> HttpResponseBase:
    """One organisation and its actions."""

    def made() -> str:
        page = organisation_page(key)
        return _rendered("organisation", request, page=page, over=page.whole)

    try:
        return stored(request, made)
    except NotFound:
        if now := moved_to(key):
            return HttpResponseRedirect(f"/organisations/{now}/")
        raise


@public
def beneficiaries(request: HttpRequest) -> HttpResponseBase:
    """The places that the plans serve."""

    def made() -> str:
        page = plans_page()
        return _rendered("beneficiaries", request, page=page, over=page.whole)

    return stored(request, made)


@public
def beneficiary(request: HttpRequest, *, code: str) -> HttpResponseBase:
    """One beneficiary: what comes, from whom, when, against which needs."""

    def made() -> str:
        page = beneficiary_page(code)
        return _rendered("beneficiary", request, page=page, over=page.whole)

    return stored(request, made)


@public
def about(request: HttpRequest) -> HttpResponseBase:
    """What Concord is, what its pages rest on, and how to cite them."""

    def made() -> str:
        page = plans_page()
        cited = f"{_origin(request)}{page.example['address']}" if page.example else ""
        return _rendered("about", request, page=page, over=page.whole, cited=cited)

    return stored(request, made)


@public
def robots(request: HttpRequest) -> HttpResponseBase:
    """Everything public may be read by machines; the members' pages are none of them."""
    lines = (
        f"User-agent: *\nDisallow: /desk/\nDisallow: /accounts/\nSitemap: {_origin(request)}/sitemap.xml\n"
    )
    return answer(
        request, rendering_of(lines.encode()), keep=ASK_AGAIN, content_type="text/plain; charset=utf-8"
    )


@public
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """The addresses of all public pages that are in force."""
    body = sitemap_of(everything(), _origin(request)).encode()
    return answer(request, rendering_of(body), keep=ASK_AGAIN, content_type="application/xml; charset=utf-8")


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
