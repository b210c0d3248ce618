"""What the governance room announces, after the transaction is kept."""

from django.dispatch import Signal

decision_recorded = Signal()
"""A decision was recorded. Sent with `decision`, the row."""
