"""Every address that can be asked for, with objects of a loaded plan: read from Django's own resolver.

A route whose address needs a part that nobody gave a sample for fails here: no page is left out of the
tests over all addresses by being new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from concord.accounts.models import Contact, Organisation, OrganisationMerge, Person, RoleGrant
from concord.analysis.models import AskedSource, Asking, Assessment, Case, CaseNote, CoverageProposal, Finding
from concord.analysis.queries import TABS
from concord.intake.models import Call, Input, Invitation, Message, Objection
from concord.plan.models import Action, NameAnswer, Need, Plan, PlanVersion
from concord.publication.exports import FORMATS
from concord.publication.models import Edition, EditionAction, EditionNeed
from concord.web.samples import SPECIMENS
from concord.web.stylesheet import stylesheet_address
from concord.work.models import Job

Parts = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One address: the route's name, with the names of those above it, and the path."""

    route: str
    path: str


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the resolver: its name and the whole pattern, with its parts named."""

    name: str
    pattern: str
    parts: tuple[str, ...]

    def path(self, values: Parts) -> str:
        """The address with these values in it."""
        text = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), self.pattern)
        return f"/{text}"


def every_route() -> list[Route]:
    """All routes in the resolver's order."""
    return list(_routes(get_resolver(), (), ""))


def _routes(resolver: URLResolver, above: tuple[str, ...], pattern: str) -> Iterator[Route]:
    for each in resolver.url_patterns:
        whole = pattern + str(each.pattern)
        if isinstance(each, URLPattern):
            parts = tuple(re.findall(r"<(?:\w+:)?(\w+)>", whole))
            yield Route(":".join((*above, str(each.name))), whole, parts)
        else:
            yield from _routes(each, (*above, each.namespace) if each.namespace else above, whole)


def every_address(*, most: int = 1_000) -> list[Address]:
    """All addresses of what is stored, each once; of one route at most so many, from all parts of it.

    Raises:
        AssertionError: a route has a part without samples here.
    """
    found = []
    for route in every_route():
        own = dict.fromkeys(Address(route.name, route.path(values)) for values in _values(route))
        found += _spread(list(own), most)
    return found


def _spread(listed: list[Address], most: int) -> list[Address]:
    step = max(1, -(-len(listed) // most))
    return listed[::step]


def _values(route: Route) -> list[Parts]:
    if not route.parts:
        return [{"": ""}]
    if "^" in route.pattern:  # allauth's two addresses with a secret in them: nobody has one
        return []
    above, _, name = route.name.rpartition(":")
    own = PUBLIC_SAMPLES.get(name) if above in PUBLIC_TEXTS else SAMPLES.get(route.name)
    assert own is not None, (
        f"No sample for the route {route.name} ({route.pattern}): add one to tests/reliability/addresses.py"
    )
    return [values for values in own() if set(route.parts) <= set(values)] or _missing(route)


def _missing(route: Route) -> list[Parts]:
    raise AssertionError(f"The sample of {route.name} lacks one of its parts {route.parts}.")


# --- what there is to ask for ---------------------------------------------------------------------------


def _plans() -> list[Parts]:
    return [{"ref": ref} for ref in Plan.objects.order_by("ref").values_list("ref", flat=True)]


def _versions() -> list[Parts]:
    rows = PlanVersion.objects.order_by("plan__ref", "draft_number").select_related("plan")
    return [{"ref": v.plan.ref, "version_ref": name} for v in rows for name in _names(v)]


def _names(version: PlanVersion) -> list[str]:
    return [f"d{version.draft_number}", *([str(version.number)] if version.number else [])]


def _actions() -> list[Parts]:
    return [{"key": key} for key in Action.objects.order_by("key").values_list("key", flat=True)]


def _askings() -> list[Parts]:
    return [{"key": key} for key in Asking.objects.order_by("key").values_list("key", flat=True)]


def _sources() -> list[Parts]:
    rows = AskedSource.objects.order_by("pk").values_list("asking__case__key", "organisation__key")
    return [{"key": case, "organisation_key": body} for case, body in rows]


def _needs() -> list[Parts]:
    return [{"key": key} for key in Need.objects.order_by("key").values_list("key", flat=True)]


def _organisations() -> list[Parts]:
    return [{"key": key} for key in Organisation.objects.order_by("key").values_list("key", flat=True)]


def _organisation_merges() -> list[Parts]:
    rows = OrganisationMerge.objects.order_by("pk").values_list("target__key", "key")
    return [{"key": target, "merge": key} for target, key in rows]


def _name_answers() -> list[Parts]:
    return [{"key": key} for key in NameAnswer.objects.order_by("pk").values_list("key", flat=True)]


def _contacts() -> list[Parts]:
    return [{"key": key} for key in Contact.objects.order_by("pk").values_list("key", flat=True)]


def _calls() -> list[Parts]:
    return [{"key": key} for key in Call.objects.order_by("pk").values_list("key", flat=True)]


def _asked() -> list[Parts]:
    rows = Invitation.objects.order_by("pk").values_list("call__key", "organisation__key")
    return [{"key": call, "organisation_key": body} for call, body in rows]


def _mails() -> list[Parts]:
    return [{"key": key} for key in Message.objects.order_by("pk").values_list("key", flat=True)]


def _objections() -> list[Parts]:
    return [{"key": key} for key in Objection.objects.order_by("pk").values_list("key", flat=True)]


def _people() -> list[Parts]:
    return [{"ref": ref} for ref in Person.objects.order_by("pk").values_list("ref", flat=True)]


def _roles() -> list[Parts]:
    grants = RoleGrant.objects.select_related("person").order_by("pk")
    return [{"ref": grant.person.ref, "key": grant.key} for grant in grants]


def _inputs() -> list[Parts]:
    return [{"key": key} for key in Input.objects.order_by("pk").values_list("key", flat=True)]


def _jobs() -> list[Parts]:
    return [{"key": key} for key in Job.objects.order_by("pk").values_list("key", flat=True)]


def _pairs() -> list[Parts]:
    rows = Finding.objects.order_by("key_a", "key_b").values_list("key_a", "key_b")
    return [{"key_a": a, "key_b": b} for a, b in rows]


def _cases() -> list[Parts]:
    return [{"key": key} for key in Case.objects.order_by("key").values_list("key", flat=True)]


def _notes() -> list[Parts]:
    keys = dict.fromkeys(CaseNote.objects.order_by("pk").values_list("case__key", flat=True))
    return [{"key": key, "number": 1} for key in keys]


def _answers() -> list[Parts]:
    rows = Assessment.objects.order_by("pk").values_list("finding__key_a", "finding__key_b")
    return [{"key_a": a, "key_b": b, "number": 1} for a, b in dict.fromkeys(rows)]


def _proposals() -> list[Parts]:
    return [{"key": key} for key in CoverageProposal.objects.order_by("key").values_list("key", flat=True)]


def _links() -> list[Parts]:
    rows = Need.objects.filter(links__isnull=False).order_by("key", "links__action__key")
    return [{"key": need, "action_key": key} for need, key in rows.values_list("key", "links__action__key")]


def _cells() -> list[Parts]:
    codes = ("AL", "XK", "MK")
    return [
        {"ref": plan.ref, "key": need.key, "code": code, "year": year}
        for plan in Plan.objects.order_by("ref")
        for need in Need.objects.filter(placements__plan=plan).order_by("key").distinct()
        for code in codes
        for year in (plan.starts_year, plan.ends_year)
    ]


def named_in_editions() -> list[str]:
    """The organisations that a published text names, by key."""
    texts = [json.loads(bytes(edition.document)) for edition in Edition.objects.order_by("pk")]
    return sorted({organisation["key"] for text in texts for organisation in text["organisations"]})


def _codes() -> list[Parts]:
    return [{"code": code} for code in ("AL", "BA", "XK", "ME", "MK", "RS")]


def _both(*sources: Any) -> Any:
    """Every combination of what the sources give."""

    def combined() -> list[Parts]:
        lists = [source() for source in sources]
        return [{name: value for parts in each for name, value in parts.items()} for each in product(*lists)]

    return combined


def _formats() -> list[Parts]:
    return [{"format_name": name} for name in FORMATS]


def _editions() -> list[Parts]:
    """Every edition, under its number and on its first day."""
    rows = Edition.objects.select_related("plan").order_by("plan__ref", "number")
    return [{"ref": e.plan.ref, "number": e.number, "day": e.in_force_from.isoformat()} for e in rows]


def _published(table: Any) -> Any:
    """The records of each edition."""

    def listed() -> list[Parts]:
        rows = table.objects.select_related("edition__plan").order_by("edition__pk", "order")
        return [
            {
                "ref": row.edition.plan.ref,
                "number": row.edition.number,
                "day": row.edition.in_force_from.isoformat(),
                "key": row.key,
            }
            for row in rows
        ]

    return listed


PUBLIC_TEXTS = {"in-force", "version", "day"}

PUBLIC_SAMPLES: dict[str, Any] = {
    "plan": _editions,
    "action": _published(EditionAction),
    "needs": _editions,
    "need": _published(EditionNeed),
    "versions": _editions,
    "download": _both(_editions, _formats),
}
"""What stands below a text: the same for the one in force, a number and a day."""

CALL_ENDS = ("", "-change", "-send", "-drop", "-extend", "-close", "-remind", "-sheet", "-mails", "-mail-in")

SAMPLES: dict[str, Any] = {
    "stylesheet": lambda: [{"digest": stylesheet_address().rsplit("/", 1)[1].removesuffix(".css")}],
    "specimen": lambda: [{"name": name} for name in SPECIMENS],
    "organisation": lambda: [{"key": key} for key in named_in_editions()],
    "beneficiary": _codes,
    "proof": _editions,
    "members:plan": _plans,
    "members:plan-download": _both(_plans, _formats),
    "members:versions": _plans,
    "members:version": _versions,
    "members:version-download": _both(_versions, _formats),
    "members:version-decide": _versions,
    "members:version-ask": _versions,
    "members:version-confirm": _versions,
    "members:version-withdraw": _versions,
    "members:version-publish": _versions,
    "members:action": _actions,
    "members:action-amend": _actions,
    "members:action-choose": _actions,
    "members:action-confirm": _actions,
    "members:action-withdraw": _actions,
    "members:action-restore": _actions,
    "members:action-place": _both(_actions, _plans),
    "members:merge-undo": _actions,
    "members:need": _needs,
    "members:need-amend": _needs,
    "members:need-confirm": _needs,
    "members:need-say": _needs,
    "members:need-place": _both(_needs, _plans),
    "members:need-support": _needs,
    "members:support-remove": _links,
    "members:organisation": _organisations,
    **dict.fromkeys(
        (f"members:organisation-{end}" for end in ("change", "names", "numbers", "same")), _organisations
    ),
    "members:organisation-separate": _organisation_merges,
    "members:name-undo": _name_answers,
    **dict.fromkeys(
        (f"members:contact{end}" for end in ("", "-change", "-keep", "-end", "-erase")), _contacts
    ),
    **dict.fromkeys((f"members:call{end}" for end in CALL_ENDS), _calls),
    **dict.fromkeys(
        (f"members:call-{end}" for end in ("organisation", "on-behalf", "ask", "revoke")), _asked
    ),
    "members:mail": _mails,
    "members:mail-again": _mails,
    "members:objection": _objections,
    "answers:landing": lambda: [{"token": "x" * 43}],  # nobody can read a token back
    "answers:facts": _actions,
    "answers:file": _inputs,
    "answers:apply": _inputs,
    "members:beneficiary": _codes,
    "members:person": _people,
    "members:role-revoke": _roles,
    "members:person-suspend": _people,
    "members:person-reinstate": _people,
    "members:coordination": _plans,
    "members:coordination-run": _plans,
    "members:coordination-assign": _plans,
    "members:coordination-tab": _both(_plans, lambda: [{"tab": tab} for tab in TABS]),
    **dict.fromkeys((f"members:case{end}" for end in ("", "-answer", "-undo", "-assign", "-note")), _cases),
    **{f"members:case-{act}": _cases for act in ("regroup", "split", "join", "regroup-undo")},
    "members:case-note-back": _notes,
    **dict.fromkeys(("members:asked", "members:asked-reply", "members:asked-back"), _askings),
    "members:sources": _cases,
    **{f"members:sources-{act}": _cases for act in ("put", "withdraw", "record", "confirm", "undo")},
    **dict.fromkeys(("members:sources-reply", "members:sources-back"), _sources),
    "members:case-sheet": _both(_cases, lambda: [{"format_name": name} for name in ("docx", "pdf")]),
    "members:pair": _pairs,
    "members:pair-answer": _pairs,
    "members:pair-merge": _pairs,
    "members:pair-undo": _answers,
    "members:import": _inputs,
    "members:import-apply": _inputs,
    "members:import-check": _inputs,
    "members:import-answer": _inputs,
    "members:import-columns": _inputs,
    "members:import-doubtful": _inputs,
    "members:import-keep-names": _inputs,
    "members:import-settle": _inputs,
    "members:import-undo": _inputs,
    "members:import-mend": _inputs,
    "members:import-take-back": _inputs,
    "members:import-vanished": _inputs,
    "members:import-withdraw": _inputs,
    "members:job": _jobs,
    "members:job-cancel": _jobs,
    "members:job-again": _jobs,
    "members:support": _plans,
    "members:support-confirm": _plans,
    "members:support-cell": _cells,
    "members:proposal-answer": _proposals,
}
