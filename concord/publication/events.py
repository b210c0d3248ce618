"""What the publication room announces, after the transaction is kept."""

from django.dispatch import Signal

edition_published = Signal()
"""An edition was made. Sent with `edition`, the row."""
