"""What the analysis room announces, once the act is committed. Listeners may be told twice."""

from django.dispatch import Signal

analysis_run = Signal()
"""A run was kept. Sends: run."""

pair_answered = Signal()
"""People answered a finding. Sends: assessment."""

answer_undone = Signal()
"""An answer was undone. Sends: assessment."""

support_answered = Signal()
"""Proposals of support were confirmed or refused. Sends: proposals (a list)."""

sources_asked = Signal()
"""A case was put to its sources. Sends: asking."""

asking_withdrawn = Signal()
"""What a case's sources were asked was withdrawn. Sends: asking."""

source_replied = Signal()
"""A source said something about a case. Sends: reply."""
