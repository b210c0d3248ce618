"""What somebody with a link sees of the actions and needs that an idea is compared with: what is published,
and what the link's organisation reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.rules import Marking
from concord.intake.queries.calls import own_actions
from concord.intake.queries.links import organisation_of, person_of
from concord.web.idea_page import Known, Result, keys_of, results_of, say_period
from concord.web.published import TAKING_PART, Texts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.analysis.services.checking import Checking
    from concord.intake.drafts import Draft
    from concord.intake.models import Link
    from concord.plan.models import Action
    from concord.web.places import Places


@dataclass(frozen=True, slots=True)
class LinkCheckPage:
    """What answers/check.html shows. left_out: rows of a file that say what already stands, in a sentence;
    typed: whether the form holds an idea that can be handed in as it is."""

    organisation: str
    secretariat: str
    nothing: str
    compared: str = ""
    results: tuple[Result, ...] = ()
    left_out: str = ""
    typed: bool = False
    takes_files: bool = False
    apart: bool = True
    footnote: str = ""


def results_behind(
    checking: Checking, link: Link, texts: Texts, own: QuerySet[Action], places: Places
) -> list[Result]:
    """Each idea's answer among what is published and what the organisation reports."""
    likes, stated = keys_of(checking)
    published = {key: texts.action(key, places) for key in likes & texts.published.actions.keys()}
    needs = {key: texts.need(key, places) for key in stated & texts.published.needs.keys()}
    mine = own.filter(key__in=likes).prefetch_related("beneficiary_rows", "participations__organisation")
    changeable = _changeable(link)
    known = {action.key: _own(action, link, texts, published, changeable, places) for action in mine}
    return results_of(checking, published | known, needs, places)


def say_compared(checking: Checking, texts: Texts, own: int) -> str:
    """What an idea was compared with, in words."""
    actions = ngettext("%(n)d action", "%(n)d actions", checking.compared_with)
    needs = ngettext("%(n)d open need", "%(n)d open needs", checking.needs)
    reports = ngettext(
        "the one action that your organisation reports",
        "the %(n)d actions that your organisation reports",
        own,
    )
    return _(
        "Compared with %(actions)s (%(published)s, and %(own)s) and %(needs)s. Nothing of it is kept."
    ) % {
        "actions": actions % {"n": checking.compared_with},
        "published": texts.called,
        "own": reports % {"n": own},
        "needs": needs % {"n": checking.needs},
    }


def new_rows(drafts: Iterable[Draft], own: QuerySet[Action]) -> tuple[list[Draft], int]:
    """The rows of a file that say something new, and how many say of an own action what already stands."""
    drafts = list(drafts)
    keys = {draft.key for draft in drafts if draft.key}
    stands = {action.key: action for action in own.filter(key__in=keys).prefetch_related("beneficiary_rows")}
    fresh = [draft for draft in drafts if draft.problems or not _says_the_same(draft, stands)]
    return fresh, len(drafts) - len(fresh)


def say_left_out(count: int) -> str:
    """How many rows were left out, "" for none."""
    if not count:
        return ""
    return ngettext(
        "One row says of an action of yours what already stands, and was left out.",
        "%(n)d rows say of actions of yours what already stands, and were left out.",
        count,
    ) % {"n": count}


def _says_the_same(draft: Draft, stands: Mapping[str, Action]) -> bool:
    action = stands.get(draft.key)
    if action is None:
        return False
    codes = {row.code for row in action.beneficiary_rows.all()}
    now = (action.title, action.summary or action.description, action.start, action.end)
    said = (draft.title, draft.summary, draft.start, draft.end)
    return now == said and codes == set(draft.lists.get("beneficiaries", ()))


def _changeable(link: Link) -> frozenset[str]:
    """The own actions that have a form behind this link."""
    if link.invitation is None:
        return frozenset()
    return frozenset(own_actions(link.invitation, actor=person_of(link)).values_list("key", flat=True))


def _own(
    action: Action,
    link: Link,
    texts: Texts,
    published: Mapping[str, Known],
    changeable: frozenset[str],
    places: Places,
) -> Known:
    public = published[action.key].href if action.key in published else ""
    body = organisation_of(link)
    bodies = {
        part.organisation.name if part.organisation else part.as_written: (
            texts.page_of(part.organisation.key) if part.organisation else ""
        )
        for part in action.participations.all()
        if part.role in TAKING_PART and part.organisation != body
    }
    about = [
        _("reported by you"),
        places.shorts(row.code for row in action.beneficiary_rows.all()),
        say_period(action.start, action.end) or _("period not reported"),
    ]
    return Known(
        action.title,
        reverse("answers:facts", args=[action.key]) if action.key in changeable else public,
        "; ".join(part for part in about if part),
        tuple(body for body in bodies.items() if body[0]),
        Marking(action.marking).label if action.marking not in (Marking.CLEAR, Marking.GREEN) else "",
    )
