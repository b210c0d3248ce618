"""The errors that Concord raises on purpose. Anything else that escapes is a fault of ours."""

# ruff: noqa: N818  (the errors say what happened; "Error" adds nothing)


class ConcordError(Exception):
    """Something that a person can be told: its text is a plain sentence, safe to show."""


class NotPermitted(ConcordError):
    """Who: this person may not do this here."""


class IllegalMove(ConcordError):
    """When: the thing is not in a state from which this can be done."""


class StaleWrite(ConcordError):
    """Somebody else changed the row since it was read; nothing was written."""


class NotFound(ConcordError):
    """There is no such thing, or the person asking may not know of it."""


class BadInput(ConcordError):
    """A value that cannot be stored: no such date, no number, no such code."""


class NoSuchDate(BadInput):
    """A date in a known form that no calendar has (31.02.2019)."""


class SchemaMismatch(ConcordError):
    """A table does not have the columns or types that the engine asks for."""
