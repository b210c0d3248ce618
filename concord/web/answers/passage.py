"""From the link in a mail to the pages behind it: who may pass, for how long, and how often.

The token stands in the address of the first page alone. Its button gives a signed cookie that is good
below /answer/ for two hours; every request asks the database again whether the link still works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from concord.analysis.queries import withdrawn_asking
from concord.intake.queries.links import link_with_id
from concord.intake.queries.questions import question_with_id
from concord.kernel import clock
from concord.kernel.errors import NotFound, NotPermitted
from concord.web.asked import said_withdrawn

if TYPE_CHECKING:
    from concord.intake.models import Link

SALT = "concord.answer"
COOKIE_SECONDS = 2 * 60 * 60
PATH = "/answer/"
POSTS = 120
"""So many times one address may send something in ten minutes: ample for an office behind one address."""
WINDOW_SECONDS = 600

View = Callable[..., HttpResponse]


def behind_a_link(view: View) -> View:
    """A page that only an opened link leads to; the view gets the link.

    Unknown, expired and revoked links, and no link at all, give one and the same answer; a link whose
    question was withdrawn says so.
    """

    @wraps(view)
    def passed(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        try:
            link = _link_in(request)
            return view(request, link, *args, **parts)
        except (NotFound, NotPermitted):
            return gone(request, _question_in(request))

    return guarded(passed)


def guarded(view: View) -> View:
    """Limits how often something is sent; keeps the answer out of caches, search and others' logs."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        if request.method == "POST" and _too_often(request):
            response = render(request, "answers/too_often.html", status=429)
        else:
            response = view(request, *args, **parts)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        # the host alone: with "no-referrer" browsers send forms without an origin, which CSRF refuses
        response["Referrer-Policy"] = "strict-origin"
        return response

    return answered


def gone(request: HttpRequest, question: Link | None = None) -> HttpResponse:
    """The page for every link that does not work, whatever the reason.

    question: the link of a question that somebody holds; whom it was sent to reads that it was withdrawn,
    and nothing of what it was about.
    """
    body = question.organisation if question else None
    asking = withdrawn_asking(question.asking_key, organisation=body) if question and body else None
    if body and asking and asking.ended_at:
        context = {
            "organisation": body.name,
            "secretariat": asking.case.framework.secretariat.name,
            "text": said_withdrawn(asking.ended_at),
        }
        return render(request, "answers/withdrawn.html", context, status=410)
    return render(request, "answers/gone.html", status=404)


def let_in(response: HttpResponse, link: Link) -> None:
    """Gives the browser that opened a link its cookie."""
    response.set_cookie(
        _name(),
        signing.dumps(link.pk, salt=SALT),
        max_age=COOKIE_SECONDS,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _link_in(request: HttpRequest) -> Link:
    return link_with_id(_pk_in(request), at=clock.now())


def _question_in(request: HttpRequest) -> Link | None:
    """The link of a question that this browser opened, though it does not work any more."""
    try:
        return question_with_id(_pk_in(request), at=clock.now())
    except NotFound:
        return None


def _pk_in(request: HttpRequest) -> int:
    try:
        return int(signing.loads(request.COOKIES.get(_name(), ""), salt=SALT, max_age=COOKIE_SECONDS))
    except signing.BadSignature as error:
        raise NotFound("This link does not work.") from error


def _name() -> str:
    return "__Secure-answer" if settings.SESSION_COOKIE_SECURE else "answer"


def _too_often(request: HttpRequest) -> bool:
    """Counts what one address sends, in the cache that all workers share."""
    key = "answer-" + hashlib.sha256(_sender(request).encode()).hexdigest()
    if cache.add(key, 1, WINDOW_SECONDS):
        return False
    try:
        return cache.incr(key) > POSTS
    except ValueError:  # the window ended between the two
        return False


def _sender(request: HttpRequest) -> str:
    """The address that the last trusted proxy saw."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
