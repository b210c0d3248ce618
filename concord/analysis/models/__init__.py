"""The tables of the analysis room: runs, findings, cases, assessments, replies and proposals of support."""

from concord.analysis.models.cases import AskedSource, Asking, Case, CaseNote, Regrouping, Reply
from concord.analysis.models.findings import Assessment, Finding, Run
from concord.analysis.models.support import CoverageProposal

__all__ = [
    "AskedSource",
    "Asking",
    "Assessment",
    "Case",
    "CaseNote",
    "CoverageProposal",
    "Finding",
    "Regrouping",
    "Reply",
    "Run",
]
