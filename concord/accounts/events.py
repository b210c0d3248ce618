"""What the accounts room announces.

These are sent inside the transaction of the act, because listeners complete it or refuse it: what
they raise takes the whole act back.
"""

from django.dispatch import Signal

organisations_merging = Signal()
"""Two bodies are about to become one; listeners may refuse (IllegalMove). Sends: target, merged, by."""

organisations_merged = Signal()
"""What pointed to `merged` points to `target`. Sends: target, merged."""

organisation_merge_undone = Signal()
"""What the merge moved points to `merged` again. Sends: target, merged."""
