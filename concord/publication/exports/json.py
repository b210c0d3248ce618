"""JSON: the canonical bytes of the document, no time of export inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from concord.kernel.canonical import canonical_bytes


def make(document: Mapping[str, Any], *, called: str = "") -> bytes:  # noqa: ARG001  (one face for all)
    """The document as RFC 8785 has it: for an edition exactly its stored bytes."""
    return canonical_bytes(document)
