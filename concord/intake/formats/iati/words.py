"""The codes of IATI that Concord reads, with the words that version 1 uses for them, and Concord's own.

Source: IATI standard 2.03 and 1.05, codelists OrganisationRole, ActivityStatus, ActivityDateType,
TransactionType, BudgetStatus, DescriptionType.
"""

from __future__ import annotations

from typing import Final

VERSIONS: Final = ("1.04", "1.05", "2.01", "2.02", "2.03")

CONCORD: Final = "urn:concord:iati:1"
"""The namespace of what IATI has no element for; the standard allows such elements at an activity's end."""
STATED: Final = f"{{{CONCORD}}}stated"
"""An element of ours: one column of Concord's template, named by its attribute `column`, as text."""
COLUMNS: Final = f"{{{CONCORD}}}columns"
"""An attribute of the root: the columns that the file states, where Concord wrote it."""

ROLE_COLUMNS: Final = {
    "1": "donors",
    "2": "leads",
    "3": "partners",
    "4": "implementers",
    "funding": "donors",
    "accountable": "leads",
    "extending": "partners",
    "implementing": "implementers",
}
"""What an organisation does in an activity, as a column. Accountable (it answers for the outcome) is the
lead; extending (it manages money for the funder) is a partner."""

STARTS: Final = ("2", "start-actual", "1", "start-planned")
ENDS: Final = ("4", "end-actual", "3", "end-planned")
"""The actual date goes before the planned one."""

STATUSES: Final = {
    "1": "planned",
    "2": "ongoing",
    "3": "completed",
    "4": "completed",
    "pipeline/identification": "planned",
    "implementation": "ongoing",
    "completion": "completed",
    "post-completion": "completed",
    "finalisation": "completed",
    "closed": "completed",
}
"""Finalisation: the work is done and the books are still open."""
STATUSES_WITHOUT_WORD: Final = {
    "5": "cancelled",
    "6": "suspended",
    "cancelled": "cancelled",
    "suspended": "suspended",
}

COMMITMENTS: Final = ("2", "c")
INCOMING_COMMITMENTS: Final = ("11",)
BUDGET_STATUSES: Final = {"1": "pipeline", "2": "secured"}
"""Indicative and committed, where the budget itself says it."""
GENERAL: Final = ("", "1")
"""The types of the description that says what the activity is."""
DESCRIPTION_LABELS: Final = {"2": "Objectives", "3": "Target groups"}
