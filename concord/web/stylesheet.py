"""Concord's one stylesheet: tokens, elements, layout, every component's CSS and print, in that order.

The sources stay one file per component, beside its template; a reader's browser fetches them as one
file under an address that names its content, so that it may be kept for ever. There is no build step.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

WEB = Path(__file__).parent
FOUNDATION = ("tokens", "elements", "layout")
ONE_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """The bytes that are served, and the first 16 hex digits of their SHA-256."""

    css: bytes
    packed: bytes
    digest: str


def sheet_files() -> list[Path]:
    """The files that make the stylesheet, in their order."""
    house = WEB / "static" / "concord"
    foundation = [house / f"{name}.css" for name in FOUNDATION]
    components = sorted((WEB / "components").glob("*.css"))
    return [*foundation, *components, house / "members.css", house / "public.css", house / "print.css"]


def current_stylesheet() -> Stylesheet:
    """The stylesheet as it stands: read once, or anew for each call while DEBUG is on."""
    return _read() if settings.DEBUG else _kept()


def stylesheet_address() -> str:
    """Where the current stylesheet is served."""
    return reverse("stylesheet", args=[current_stylesheet().digest])


@require_safe
def serve_stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The stylesheet; an address of an earlier release gets today's, kept for a minute only."""
    sheet = current_stylesheet()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(sheet.packed if packed else sheet.css, content_type="text/css; charset=utf-8")
    if packed:
        response["Content-Encoding"] = "gzip"
    known = digest == sheet.digest
    response["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable" if known else "public, max-age=60"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _read() -> Stylesheet:
    css = b"\n".join(path.read_bytes() for path in sheet_files())
    return Stylesheet(css, gzip.compress(css, mtime=0), hashlib.sha256(css).hexdigest()[:16])


@cache
def _kept() -> Stylesheet:
    return _read()
