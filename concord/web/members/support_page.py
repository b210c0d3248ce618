"""Needs and support as members see it: the matrix with its sentences, one cell, and one need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.accounts.rules import Permission
from concord.analysis.queries import proposals_for, proposals_of, refused_for
from concord.analysis.rules import PROPOSED_FROM, Band, band_of, strength_of
from concord.kernel.dates import Meets
from concord.kernel.errors import NotFound
from concord.plan.documents import document_of
from concord.plan.queries import actions_visible_to, can_on
from concord.plan.rules import period_of, years_period
from concord.publication.reading import say_period
from concord.web.matrix import matrix_groups
from concord.web.members.coordination_words import said_run
from concord.web.members.plan_list import period_beside
from concord.web.members.plan_page import FilterLine, tabs_of
from concord.web.members.rows import Places, address_of_action, address_of_need, few, need_meta, reporter_of
from concord.web.members.support_filter import SupportFilter, filter_line
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from concord.analysis.models import CoverageProposal
    from concord.plan.models import Action, Need, NeedLink, Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

STRENGTHS = {"direct": gettext_lazy("answers it directly"), "partly": gettext_lazy("answers it partly")}


@dataclass(frozen=True, slots=True)
class SupportPage:
    """What members/support/matrix.html shows. confirm: the choices of the bulk confirmation, or empty."""

    plan: Plan
    title: str
    period: str
    kicker: str
    parts: list[Shown]
    sentences: list[str]
    source: str
    filter: FilterLine
    naming: list[Shown]
    groups: list[Shown]
    confirm: list[Shown]
    footnote: str


def support_page(visit: Visit, plan: Plan, asked: SupportFilter, places: Places) -> SupportPage:
    """The matrix of a plan as the person sees it; the sentences are of all its needs."""
    document = document_of(plan, actor=visit.person)
    proposals = list(with_action_facts(proposals_of(plan, actor=visit.person)))
    shown = _narrowed(document, asked)
    groups = matrix_groups(
        shown,
        need_address=lambda key: reverse("members:need-support", args=[key]),
        cell_address=lambda key, code, year: reverse(
            "members:support-cell", args=[plan.ref, key, code, year]
        ),
    )
    _mark_proposed(groups, proposals, plan, shown["beneficiaries"])
    return SupportPage(
        plan=plan,
        title=plan.title,
        period=period_beside(plan),
        kicker=plan.title,
        parts=tabs_of(plan, "support"),
        sentences=_sentences(document["figures"]["support"], proposals),
        source=said_run(plan),
        filter=filter_line(plan, asked, places, len(shown["needs"])),
        naming=shown["beneficiaries"],
        groups=groups,
        confirm=_bulk(proposals) if visit.may(Permission.CONFIRM_LINK, plan) else [],
        footnote=places.footnote,
    )


def _narrowed(document: Shown, asked: SupportFilter) -> Shown:
    """The document with only the needs, and the column, that are asked for."""
    words: dict[str, set[str]] = defaultdict(set)
    for cell in document["matrix"]:
        if asked.beneficiary in ("", cell["beneficiary"]):
            words[cell["need"]].add(cell["cell"])
    needs = [
        need
        for need in document["needs"]
        if words[need["key"]]
        and (not asked.cell or asked.cell in words[need["key"]])
        and all(word.casefold() in need["statement"].casefold() for word in asked.words.split())
    ]
    beneficiaries = [row for row in document["beneficiaries"] if asked.beneficiary in ("", row["code"])]
    return {**document, "needs": needs, "beneficiaries": beneficiaries}


def _mark_proposed(
    groups: Sequence[Shown], proposals: Iterable[CoverageProposal], plan: Plan, naming: Sequence[Shown]
) -> None:
    """Says in each run of each cell, and under each need, how many unconfirmed links touch it."""
    by_need: dict[str, list[CoverageProposal]] = defaultdict(list)
    for proposal in proposals:
        by_need[proposal.need.key].append(proposal)
    for row in (row for group in groups for row in group["rows"]):
        waiting = by_need.get(row["need"]["key"], [])
        if waiting:
            row["need"]["meta"] = "; ".join(filter(None, [row["need"]["meta"], said_proposed(len(waiting))]))
        for place, cell in zip(naming, row["cells"], strict=True):
            for run in cell["runs"]:
                first, last = _years_of_run(run, plan)
                run["proposed"] = sum(touches(each.action, place["code"], first, last) for each in waiting)


def _years_of_run(run: Shown, plan: Plan) -> tuple[int, int]:
    if not run["years"]:
        return plan.starts_year, plan.ends_year
    return int(run["first"]), int(run["years"][-4:])


def touches(action: Action, code: str, first: int, last: int) -> bool:
    """Whether an action works for a beneficiary and meets, or may meet, these years (both included)."""
    if code not in {row.code for row in action.beneficiary_rows.all()}:
        return False
    period = period_of(action.start, action.end, action.status)
    return period.meets(years_period(first, last)) is not Meets.NO


def said_proposed(count: int) -> str:
    """How many links wait for somebody: "2 links proposed, not confirmed"."""
    return ngettext(
        "%(count)d link proposed, not confirmed", "%(count)d links proposed, not confirmed", count
    ) % {"count": count}


def _sentences(figures: Mapping[str, int], proposals: Sequence[CoverageProposal]) -> list[str]:
    """The three sentences that matter, and what waits for confirmation."""
    said = [
        _("For %(without_support)d of %(needs)d needs no support is reported.") % figures,
        _("%(without_secured_money)d of %(needs)d needs have no secured money in any year.") % figures,
        _("%(partly_only)d of %(needs)d needs are answered only in part.") % figures,
    ]
    if proposals:
        needs = len({proposal.need_id for proposal in proposals})
        waiting = ngettext(
            "Links that analysis proposes and nobody has confirmed yet: %(links)d, for %(needs)d need.",
            "Links that analysis proposes and nobody has confirmed yet: %(links)d, for %(needs)d needs.",
            needs,
        )
        said.append(waiting % {"links": len(proposals), "needs": needs})
    return said


def _bulk(proposals: Sequence[CoverageProposal]) -> list[Shown]:
    choices = [(0.9, Band.ALMOST_CERTAIN), (0.7, Band.LIKELY), (PROPOSED_FROM, Band.POSSIBLE)]
    counted = [(least, band, sum(each.score >= least for each in proposals)) for least, band in choices]
    return [
        {
            "value": f"{least:.1f}",
            "text": _("all that are %(certainty)s or more (%(count)d)")
            % {"certainty": band.label, "count": count},
        }
        for least, band, count in counted
        if count
    ]


# --- what a cell and a need rest on ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RestsOn:
    """What members/support/need.html shows of one need, or of one cell of it.

    links: confirmed ones; likely and weak: proposals; refused: refused as they stand now. cell is
    the word of the cell ("" on a need's page).
    """

    need: Need
    kicker: str
    title: str
    cell: str
    lines: list[str]
    links: list[Shown]
    likely: list[Shown]
    weak: list[Shown]
    refused: list[Shown]
    may: bool
    back: str
    need_href: str
    footnote: str


def cell_page(visit: Visit, plan: Plan, need: Need, code: str, year: int, places: Places) -> RestsOn:
    """What one cell of the matrix rests on.

    Raises:
        NotFound: the plan's matrix has no such cell.
    """
    document = document_of(plan, actor=visit.person)
    where = (need.key, code, str(year))
    found = next((c for c in document["matrix"] if (c["need"], c["beneficiary"], c["year"]) == where), None)
    if found is None:
        raise NotFound("The matrix has no such cell.")
    links = [link for link in _links_of(need, visit) if link.action.key in found["actions"]]
    open_ones = with_action_facts(proposals_for(need, actor=visit.person))
    here = [each for each in open_ones if touches(each.action, code, year, year)]
    lines = [_said_state(need, code), need_meta(need)]
    return _rests_on(
        visit,
        need,
        places,
        kicker=_("%(place)s, %(year)d") % {"place": places.name(code), "year": year},
        cell=found["cell"],
        lines=[line for line in lines if line],
        links=links,
        proposals=here,
        refused=[],
        back=f"{reverse('members:support', args=[plan.ref])}#need-{need.key}",
    )


def need_page(visit: Visit, need: Need, places: Places) -> RestsOn:
    """Which actions answer a need, and which are proposed to."""
    served = places.names(row.code for row in need.beneficiary_rows.all())
    return _rests_on(
        visit,
        need,
        places,
        kicker=_("Need of %(places)s") % {"places": served} if served else _("Need"),
        cell="",
        lines=[need_meta(need)],
        links=_links_of(need, visit),
        proposals=list(with_action_facts(proposals_for(need, actor=visit.person))),
        refused=list(with_action_facts(refused_for(need, actor=visit.person))),
        back="",
    )


def _rests_on(
    visit: Visit,
    need: Need,
    places: Places,
    *,
    kicker: str,
    cell: str,
    lines: list[str],
    links: Sequence[NeedLink],
    proposals: Sequence[CoverageProposal],
    refused: Sequence[CoverageProposal],
    back: str,
) -> RestsOn:
    likely = [each for each in proposals if each.score >= PROPOSED_FROM]
    return RestsOn(
        need=need,
        kicker=kicker,
        title=need.statement,
        cell=cell,
        lines=lines,
        links=[_link_line(link, places) for link in links],
        likely=[_proposal_line(each, places) for each in likely],
        weak=[_proposal_line(each, places) for each in proposals if each.score < PROPOSED_FROM],
        refused=[_proposal_line(each, places) for each in refused],
        may=can_on(visit.person, Permission.CONFIRM_LINK, need),
        back=back,
        need_href=address_of_need(need.key),
        footnote=places.footnote,
    )


def _links_of(need: Need, visit: Visit) -> list[NeedLink]:
    visible = actions_visible_to(visit.person, need.framework)
    rows = need.links.filter(action__in=visible.values("pk")).order_by("-strength", "action__title", "pk")
    return list(with_action_facts(rows.select_related("confirmed_by")))


def with_action_facts(rows: Any) -> Any:
    """Links or proposals with what a line about their action shows, in a fixed number of queries."""
    return rows.select_related("need", "action__reporting_organisation").prefetch_related(
        "action__beneficiary_rows", "action__participations__organisation"
    )


def _link_line(link: NeedLink, places: Places) -> Shown:
    confirmed = {"person": link.confirmed_by.name, "when": say_date(link.confirmed_at)}
    said = STRENGTHS[link.strength]
    return _action_line(link.action, places) | {
        "said": str(said).capitalize() + ".",
        "evidence": _("Confirmed by %(person)s on %(when)s.") % confirmed,
        "remove": reverse("members:support-remove", args=[link.need.key, link.action.key]),
    }


def _proposal_line(proposal: CoverageProposal, places: Places) -> Shown:
    certainty = Band(band_of(proposal.score)).label if proposal.score >= PROPOSED_FROM else _("not likely")
    said = _("Proposed: %(strength)s (%(certainty)s, %(score).2f).") % {
        "strength": STRENGTHS[strength_of(proposal.score)],
        "certainty": certainty,
        "score": proposal.score,
    }
    refused = ""
    if proposal.refused_at:
        refused = _("Refused on %(when)s.") % {"when": say_date(proposal.refused_at)}
        refused = " ".join(filter(None, [refused, proposal.refused_reason]))
    return _action_line(proposal.action, places) | {
        "said": refused or said,
        "evidence": f"{proposal.evidence}.",
        "address": reverse("members:proposal-answer", args=[proposal.key]),
        "version": proposal.version,
    }


def _action_line(action: Action, places: Places) -> Shown:
    parts = sorted(action.participations.all(), key=lambda part: (part.role, part.order))
    donors = [
        part.organisation.name if part.organisation else part.as_written
        for part in parts
        if part.role == "donor"
    ]
    confirmed = action.last_confirmed_on
    facts = [
        few(list(dict.fromkeys(donors))) or _("donor not reported"),
        places.shorts(row.code for row in action.beneficiary_rows.all()) or _("beneficiaries not reported"),
        say_period({"start": action.start, "end": action.end}),
        _("reported by %(reporter)s") % {"reporter": reporter_of(action)},
        _("last confirmed %(day)s") % {"day": say_date(confirmed)} if confirmed else _("not yet confirmed"),
    ]
    return {"title": action.title, "href": address_of_action(action.key), "facts": "; ".join(facts)}


def _said_state(need: Need, code: str) -> str:
    row = next((row for row in need.beneficiary_rows.all() if row.code == code), None)
    if row is None or row.stated_at is None:
        return _("The beneficiary has not cleared this need yet.")
    return _("The beneficiary says: %(state)s, on %(when)s.") % {
        "state": row.get_state_display(),
        "when": say_date(row.stated_at),
    }
