"""How a row of the record becomes its hash. Pure: verifiable from the columns alone, without the server."""

from collections.abc import Mapping
from datetime import UTC, datetime

from concord.kernel.canonical import canonical_bytes, sha256_hex
from concord.kernel.errors import BadInput

FIRST_PREVIOUS_HASH = "0" * 64  # what the first row names as its predecessor
HASHED = (
    "sequence",
    "event",
    "actor_ref",
    "os_user",
    "about_type",
    "about_key",
    "at",
    "facts",
    "previous_hash",
)


def instant_text(at: datetime) -> str:
    """An instant as the record stores it: UTC, microseconds, Z; text of this form sorts by time.

    Raises:
        BadInput: the instant has no time zone.
    """
    if at.tzinfo is None:
        raise BadInput("An instant needs a time zone.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_of(text: str) -> datetime:
    """The instant that such a text stands for, aware, in UTC. Raises ValueError on any other text."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def hash_of(row: Mapping[str, object]) -> str:
    """The hash of a row: SHA-256 over the canonical JSON of its columns, the previous hash among them.

    Args:
        row: the columns named in HASHED; `at` as its text, `facts` as the stored canonical JSON text,
            so that a single changed byte in either changes the hash.

    Source: RFC 8785; design.md section 5; docs of the record in this room's README.
    """
    return sha256_hex(canonical_bytes({name: row[name] for name in HASHED}))
