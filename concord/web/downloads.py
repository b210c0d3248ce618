"""Files to take away: attachments that a browser saves and never shows as a page of ours."""

from __future__ import annotations

from django.http import HttpResponse

from concord.publication.exports import FORMATS, media_type


def attachment(content: bytes, *, format_name: str, called: str) -> HttpResponse:
    """A file of one of the export formats; `called` is its name without the ending, of our own making."""
    return HttpResponse(
        content,
        content_type=media_type(format_name),
        headers={"Content-Disposition": f'attachment; filename="{called}.{FORMATS[format_name].ending}"'},
    )
