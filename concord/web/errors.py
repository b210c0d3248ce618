"""What people read when Concord says no: the one place where errors become answers.

The rooms raise errors that say who, when or what; here they become pages with the right status, once
for every view. Members' addresses ask for a signed-in person before any view runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from concord.accounts.rules import Permission
from concord.audit.services import record_refusal
from concord.kernel import clock
from concord.kernel.errors import BadInput, ConcordError, IllegalMove, NotFound, NotPermitted, StaleWrite

MEMBERS = "members"
"""The namespace whose addresses are for people who signed in."""

STATUS: dict[type[ConcordError], int] = {
    NotPermitted: 403,
    NotFound: 404,
    StaleWrite: 409,
    IllegalMove: 422,
    BadInput: 422,
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "version", "seen"})


class Answers:
    """Middleware: signing in before members' pages, and a page for each error a service raises."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; a member's is kept out of every cache, whoever asked for it."""
        response = self.get_response(request)
        if is_for_members(request):
            add_never_cache_headers(response)
            patch_vary_headers(response, ["HX-Request"])
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Sends who is not signed in to the sign-in page; afterwards they come back here."""
        if not is_for_members(request) or request.user.is_authenticated:
            return None
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(reverse("account_login"))
        return redirect_to_login(request.get_full_path())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for an error of ours; others pass on."""
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), None)
        if status is None:
            return None
        if isinstance(error, NotPermitted):
            _record_refusal(request, error)
        return answer_to(request, str(error), status)


def is_for_members(request: HttpRequest) -> bool:
    """Whether the address asked for is a member's page."""
    match = request.resolver_match
    return match is not None and MEMBERS in match.namespaces


def answer_to(request: HttpRequest, text: str, status: int) -> HttpResponse:
    """The page that says what happened, with the sentence of the error."""
    context: dict[str, Any] = {"exception": text}
    if status in (409, 422):
        context["back"] = _back(request)
    if status == 409:
        context["typed"] = _typed(request)
    return render(request, f"{status}.html", context, status=status)


def _record_refusal(request: HttpRequest, error: NotPermitted) -> None:
    """A refused act is recorded; a page that may not be opened writes nothing, since reading never does."""
    if request.method in _SAFE or not request.user.is_authenticated:
        return
    named = next((one.value for one in Permission if one.meaning in str(error)), "")
    route = request.resolver_match.view_name if request.resolver_match else ""
    record_refusal(
        actor=request.user, permission=named, about=("page", request.path[:200]), at=clock.now(), route=route
    )


def _back(request: HttpRequest) -> str:
    """Where the form was, if the browser says so and it was ours."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return came_from
    return reverse("members:desk") if is_for_members(request) else "/"


def _typed(request: HttpRequest) -> list[dict[str, str]]:
    """What the person wrote, so that nothing typed is lost."""
    return [
        {"label": name.replace("_", " ").capitalize(), "typed": ", ".join(filter(None, values)), "now": ""}
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and any(values)
    ]
