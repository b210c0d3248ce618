"""Stored renderings: a public page without filters is made once and then sent as bytes.

They live in the memory of each worker, keyed by address and by the fingerprint of all editions, so that
a publication makes every page anew. Measured against rendering at each request in docs/benchmarks.md.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from concord.kernel.canonical import sha256_hex
from concord.publication.queries import fingerprint

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
_LARGEST = 96 * 1024 * 1024  # bytes of renderings kept in one worker
_SMALLEST_ZIPPED = 1_000  # bytes; below it compressing saves nothing


@dataclass(frozen=True, slots=True)
class Rendering:
    """A page as bytes, plain and compressed, with the hash of the plain ones."""

    body: bytes
    zipped: bytes
    sha256: str

    @property
    def size(self) -> int:
        """What it takes in memory, in bytes."""
        return len(self.body) + len(self.zipped)


class Store:
    """The renderings of one worker; the least recently used go first when it is full."""

    def __init__(self, largest: int = _LARGEST) -> None:
        self._largest = largest
        self._kept: OrderedDict[tuple[str, str], Rendering] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: tuple[str, str]) -> Rendering | None:
        """What is kept under a key."""
        with self._lock:
            found = self._kept.get(key)
            if found:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[str, str], rendering: Rendering) -> None:
        """Keeps a rendering, and lets others go until all fit."""
        with self._lock:
            self._size += rendering.size - (self._kept[key].size if key in self._kept else 0)
            self._kept[key] = rendering
            self._kept.move_to_end(key)
            while self._size > self._largest and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._size -= gone.size

    def clear(self) -> None:
        """Forgets everything: for tests."""
        with self._lock:
            self._kept.clear()
            self._size = 0


store = Store()


def stored(request: HttpRequest, make: Callable[[], str], *, keep: str = ASK_AGAIN) -> HttpResponseBase:
    """The answer to a public request: from the store where it asks for nothing particular.

    Args:
        make: renders the page. keep: the Cache-Control header.
    """
    if request.GET:
        return answer(request, rendering_of(make().encode()), keep=ASK_AGAIN)
    key = (f"{request.scheme}://{request.get_host()}{request.path}", fingerprint())
    rendering = store.get(key)
    if rendering is None:
        rendering = rendering_of(make().encode())
        store.put(key, rendering)
    return answer(request, rendering, keep=keep)


def rendering_of(body: bytes) -> Rendering:
    """A page with its compressed form and its hash."""
    zipped = gzip.compress(body, 6, mtime=0) if len(body) >= _SMALLEST_ZIPPED else b""
    return Rendering(body, zipped, sha256_hex(body))


def answer(
    request: HttpRequest,
    rendering: Rendering,
    *,
    keep: str,
    content_type: str = "text/html; charset=utf-8",
    status: int = 200,
) -> HttpResponseBase:
    """Sends the bytes, or says that the reader has them. The ETag is the hash of public bytes alone."""
    zipped = bool(rendering.zipped) and "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{rendering.sha256}{"-gzip" if zipped else ""}"'
    response: HttpResponseBase
    if status == 200 and etag in _tags(request):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(rendering.zipped if zipped else rendering.body, content_type, status)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = keep
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _tags(request: HttpRequest) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
