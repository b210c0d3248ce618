"""Documents made by hand, in the form of docs/formats/edition.md, with every field set."""

from __future__ import annotations

import copy
from typing import Any

from concord.kernel.codelists import NAMING_TABLE
from concord.plan.documents import completed

CANARY = "kanari"
"""Stands in every field that is not public, followed by the field's name: none of it may come out."""

Document = dict[str, Any]


def an_action(key: str, **values: Any) -> Document:
    """An action with every field of the format; what is not public holds a canary."""
    donor, implementer = f"ORG{key[3:]}D", f"ORG{key[3:]}I"
    action = {
        "key": key,
        "own_id": f"{CANARY}-own-id",
        "iati_identifier": "XM-DAC-1-1",
        "title": f"Action {key}",
        "summary": "What it does, in our words.",
        "description": "At length.",
        "reporting_organisation": f"Donor of {key}",
        "reported_by": f"{CANARY}-reported-by",
        "reporter_identified": True,
        "confirmed": False,
        "last_confirmed": None,
        "beneficiaries": ["AL", "XK"],
        "topics": ["firearms"],
        "action_types": ["training"],
        "start": "2018-02",
        "end": "2019",
        "status": "ongoing",
        "donors": [f"Donor of {key}"],
        "implementers": [f"Implementer of {key}"],
        "participations": [
            {
                "role": "donor",
                "organisation": donor,
                "name": f"Donor of {key}",
                "as_written": f"{CANARY}-as-written",
            },
            {
                "role": "implementer",
                "organisation": implementer,
                "name": f"Implementer of {key}",
                "as_written": "",
            },
            {"role": "recipient", "organisation": None, "name": f"{CANARY}-unit", "as_written": ""},
        ],
        "funding": [
            {
                "donor": f"Donor of {key}",
                "amount": "750000.00",
                "currency": "EUR",
                "status": "secured",
                "status_inferred": True,
                "instrument": "IPA 2019",
                "contract_number": "C-1",
            }
        ],
        "events": [{"title": f"{CANARY}-event", "start": "2018", "end": "", "place": ""}],
        "indicators": [{"name": f"{CANARY}-indicator", "unit": "", "baseline": "", "target": ""}],
        "measure": "1.1.1",
        "linked_measures": [],
        "source_url": "https://example.org/action",
        "marking": "clear",
        "needs": [{"need": "NEED0001", "strength": "direct"}],
        "continues": [],
        "works_with": [],
        "facts": [
            {
                "source": "list.csv",
                "sheet": "",
                "row": 2,
                "on": "2026-01-02",
                "fields": ["title", "notes", "funding"],
            },
            {
                "source": f"{CANARY}-notes-only.csv",
                "sheet": "",
                "row": 3,
                "on": "2026-01-02",
                "fields": ["notes"],
            },
        ],
        "notes": f"{CANARY}-notes",
        "also_in": [f"{CANARY}-plan"],
    }
    return action | values


def a_need(key: str, **values: Any) -> Document:
    """A need with every field of the format."""
    need = {
        "key": key,
        "own_id": f"N-{key[-3:]}",
        "kind": "operational",
        "approach": "prevent",
        "statement": f"Need {key}",
        "topics": ["firearms"],
        "beneficiaries": [{"code": code, "state": "not cleared", "since": None} for code in ("AL", "XK")],
        "priority": "",
        "reference": "A report, 2017",
        "stated_on": "2017",
        "source_url": "https://example.org/need",
        "measure": "1.1.1",
        "linked_measures": [],
        "marking": "clear",
        "notes": f"{CANARY}-need-notes",
    }
    return need | values


def a_document(actions: list[Document] | None = None, needs: list[Document] | None = None) -> Document:
    """A whole draft: two actions for two needs, unless the test says otherwise."""
    actions = [an_action("ACT00001"), an_action("ACT00002", needs=[])] if actions is None else actions
    needs = [a_need("NEED0001"), a_need("NEED0002")] if needs is None else needs
    document = {
        "format": "concord-plan/1",
        "framework": {
            "ref": "iisg",
            "name": "Integrative Internal Security Governance",
            "acronym": "IISG",
            "profile": "open",
            "demonstration": False,
        },
        "plan": {
            "ref": "wbcsci-2018-2020",
            "title": "Plan 2018-2020",
            "pillar": "WBCSCi",
            "pillar_name": "Serious crime",
            "starts": "2018",
            "ends": "2020",
            "levels": ["Approach", "Objective", "Measure"],
            "predecessor": None,
            "template": {"title": "Template", "number": 1, "notice": "In our own wording."},
        },
        "version": {"ref": "d3", "number": None, "state": "draft", "decision": None},
        "notices": ["A sample, not an official document"],
        "beneficiaries": [
            {"code": n.code, "name": n.name, "short": n.short, "order": n.order, "footnote": n.footnote}
            for n in NAMING_TABLE
        ],
        "structure": [
            {
                "code": "prevent",
                "name": "Prevent",
                "objectives": [
                    {
                        "code": "1.1",
                        "name": "Fewer weapons",
                        "measures": [
                            {"code": "1.1.1", "name": "Safe stockpiles", "topics": ["firearms"]},
                            {"code": "1.1.2", "name": "Police cooperation", "topics": ["police-cooperation"]},
                        ],
                    }
                ],
            }
        ],
        "organisations": [
            {"key": part["organisation"], "name": part["name"], "acronym": "", "kind": "", "parent": None}
            for action in actions
            for part in action["participations"]
            if part["organisation"]
        ],
        "actions": actions,
        "needs": needs,
    }
    return completed(document)


def an_edition(document: Document | None = None, *, number: int = 1) -> Document:
    """A public document as `publish` makes it, without a database."""
    from concord.publication.redaction import redact

    made = copy.deepcopy(document or a_document())
    made["version"] = {
        "number": number,
        "state": "endorsed",
        "decision": {
            "kind": "endorse",
            "number": "Decision 7",
            "on": "2018-03-16",
            "place": "Brdo",
            "text": "The Board endorses the plan.",
            "conditions": "To be reviewed in a year.",
            "meeting": "Board meeting",
            "rehearsal": False,
        },
    }
    made["edition"] = {
        "number": number,
        "in_force_from": "2018-03-16",
        "published_on": "2018-03-20",
        "previous_sha256": None,
        "profile": made["framework"]["profile"],
    }
    return redact(made, made["framework"]["profile"])
