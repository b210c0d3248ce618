"""Sessions end after an hour without use and after twelve hours in any case; no request writes for it.

The idle clock is a signed cookie beside the session's, so that reading a page changes no row (a page
that is only read must not write). Where that cookie is missing, the moment of signing in counts.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

SIGNED_IN_AT = "signed_in_at"
SALT = "concord.session.last-seen"
FUTURE_SECONDS = 60  # a clock a little ahead on another worker is no forgery


@receiver(user_logged_in, dispatch_uid="concord.project.sessions")
def remember_sign_in(*, request: HttpRequest | None, **_: object) -> None:
    """Note in the session when it began (a request of a test or command may be missing)."""
    if request is not None and hasattr(request, "session"):
        request.session[SIGNED_IN_AT] = int(time.time())


class SessionLimits:
    """Ends sessions that are idle or old, and keeps signed-in answers out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, after ending its session where its time is over."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and self._last_seen(request) is None:
            self._judge(request)
        response = self.get_response(request)
        # a public page does not read the session and stays free of cookies
        if request.session.accessed and request.session.get(SESSION_KEY):
            self._tick(request, response)
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)
        elif self._cookie in request.COOKIES and request.session.accessed:
            response.delete_cookie(self._cookie, samesite="Lax")
        return response

    @property
    def _cookie(self) -> str:
        return "__Host-seen" if settings.SESSION_COOKIE_SECURE else "seen"

    def _last_seen(self, request: HttpRequest) -> int | None:
        """When this session was last used and how old it is, if both are within the limits."""
        text = request.COOKIES.get(self._cookie, "")
        try:
            session, began, seen = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        if session != _fingerprint(request.COOKIES[settings.SESSION_COOKIE_NAME]):
            return None
        return seen if _within_limits(began, seen) else None

    def _judge(self, request: HttpRequest) -> None:
        """No good cookie: the session lives only if it began less than an idle time ago."""
        if not request.session.get(SESSION_KEY):
            return
        began = request.session.get(SIGNED_IN_AT, 0)
        if not _within_limits(began, began):
            request.session.flush()

    def _tick(self, request: HttpRequest, response: HttpResponse) -> None:
        began = request.session.get(SIGNED_IN_AT, 0)
        value = signing.dumps(
            [_fingerprint(request.session.session_key or ""), began, int(time.time())], salt=SALT
        )
        response.set_cookie(
            self._cookie, value, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )


def _fingerprint(session_key: str) -> str:
    return signing.Signer(salt=SALT + ".session").signature(session_key)


def _within_limits(began: int, seen: int) -> bool:
    now = time.time()
    if seen > now + FUTURE_SECONDS or began > now + FUTURE_SECONDS:
        return False
    return now - began < settings.SESSION_COOKIE_AGE and now - seen < settings.SESSION_IDLE_SECONDS
