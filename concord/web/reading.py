"""Requests that only read: what does not change while they run is read once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from concord.accounts.queries import powers_read_once


class ReadPowersOnce:
    """A page asks dozens of times what a person may do; reading it, the answer cannot change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request; a form that writes asks anew each time."""
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with powers_read_once():
            return self.get_response(request)
