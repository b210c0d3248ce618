"""Splitting a case and joining two: what can be chosen, what people did before, and the forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.analysis.grouping import MOST_ACTIONS
from concord.analysis.queries import (
    CaseRead,
    Joinable,
    answerable,
    asked_elsewhere,
    follows_case,
    joinable_with,
    question_of_case,
    regroupings_of,
    sentence_of,
    why_not_regrouped,
)
from concord.web.members.coordination_filter import QueueAddress
from concord.web.members.coordination_forms import REASON_LENGTH, named
from concord.web.members.coordination_queue import case_address, from_queue
from concord.web.members.coordination_words import said_certainty, said_pair, said_size
from concord.web.members.told import say_date, say_moment

if TYPE_CHECKING:
    from concord.analysis.grouping import Pair
    from concord.analysis.queries import RegroupingRead
    from concord.plan.models import Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]
LONGEST_WORDS = 100


class _ReasonForm(forms.Form):
    """Why, with the version of the case that the reader saw."""

    reason = forms.CharField(
        label=gettext_lazy("Why, in a sentence"),
        help_text=gettext_lazy("Read by those who coordinate, never by the sources, and never published."),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Give the reason: whoever reads this later was not here.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SplitForm(_ReasonForm):
    """What leaves the case: actions by their keys, pairs as "KEYA-KEYB"."""

    prefix = "split"

    actions = forms.MultipleChoiceField(required=False)
    pairs = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, read: CaseRead) -> None:
        super().__init__(data, initial={"version": read.case.version})
        fields: Any = self.fields
        fields["actions"].choices = [(action.key, action.title) for action in read.actions]
        fields["pairs"].choices = [(named(finding), named(finding)) for finding in read.findings]

    def chosen_pairs(self) -> list[Pair]:
        """The pairs that leave alone."""
        return [(text[:8], text[9:]) for text in self.cleaned_data["pairs"]]


class JoinForm(_ReasonForm):
    """Which case is joined: "KEY:VERSION", as it was read."""

    prefix = "join"

    other = forms.RegexField(
        r"^\w{8}:\d{1,9}$", error_messages={"required": gettext_lazy("Choose the case to join.")}
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, read: CaseRead) -> None:
        super().__init__(data, initial={"version": read.case.version})


@dataclass(frozen=True, slots=True)
class RegroupPage:
    """What members/coordination/regroup.html shows.

    why_not: why nothing can be done now, with `sources` as the next step; the forms are not there then.
    actions, pairs: what can be taken out; an action with `alone` would leave nothing. offered: the
    cases to join with; blocked: those that cannot be joined now, each with why. is_full: this one holds as
    many actions as a case can. words: what was looked for among them.
    """

    read: CaseRead
    question: str
    sentence: str
    back: str
    why_not: str
    sources: str
    split: SplitForm
    split_action: str
    actions: list[Shown]
    pairs: list[Shown]
    join: JoinForm
    join_action: str
    search_action: str
    hidden: list[Shown]
    words: str
    offered: list[Shown]
    blocked: list[Shown]
    is_full: bool
    result: str


def regroup_page(
    visit: Visit,
    read: CaseRead,
    plan: Plan,
    asked: QueueAddress,
    *,
    on: date,
    words: str = "",
    split: SplitForm | None = None,
    join: JoinForm | None = None,
) -> RegroupPage:
    """What can be done with a case; split, join: forms that came back with their errors."""
    query = from_queue(plan, asked)
    why_not = why_not_regrouped(read.case, on=on)
    offered = [] if why_not else joinable_with(read, plan, actor=visit.person, words=words)
    place = {action.key: number for number, action in enumerate(read.actions, 1)}
    split = split or SplitForm(read=read)
    join = join or JoinForm(read=read)
    return RegroupPage(
        read=read,
        question=question_of_case(read),
        sentence=sentence_of(read),
        back=case_address(read, plan, asked),
        why_not=why_not,
        sources=reverse("members:sources", args=[read.case.key]) if why_not else "",
        split=split,
        split_action=reverse("members:case-split", args=[read.case.key]) + query,
        actions=_actions(read, place, split) if len(read.findings) > 1 else [],
        pairs=_pairs(read, place, split) if len(read.findings) > 1 else [],
        join=join,
        join_action=reverse("members:case-join", args=[read.case.key]) + query,
        search_action=reverse("members:case-regroup", args=[read.case.key]),
        hidden=[{"name": "plan", "value": plan.ref}, {"name": "tab", "value": asked.tab}],
        words=words,
        offered=[_offered(each, plan, asked, join) for each in offered if not each.why_not],
        blocked=[_offered(each, plan, asked, join) for each in offered if each.why_not],
        is_full=len(read.actions) >= MOST_ACTIONS,
        result=_said_found(offered, words),
    )


def may_regroup(visit: Visit, read: CaseRead) -> bool:
    """Whether a person may split this case, or join it: who answers one of its pairs, for a start."""
    return bool(answerable(read, actor=visit.person))


def by_hand(visit: Visit, read: CaseRead, plan: Plan, asked: QueueAddress) -> list[Shown]:
    """What people did to a case and stands, as its page says it; the last act can be undone there."""
    acts = [each for each in regroupings_of(read, actor=visit.person) if each.act.undone_at is None]
    mine = may_regroup(visit, read) if acts else False
    undo = reverse("members:case-regroup-undo", args=[read.case.key]) + from_queue(plan, asked)
    return [
        {
            "text": _said_act(each, read),
            "reason": each.reason,
            "by": each.act.by.name,
            "when": say_moment(each.act.at),
            "href": _other(each, plan),
            "undo": undo if mine and place == 0 else "",
            "key": each.act.key,
            "verb": _("Undo this split") if each.act.did == "split" else _("Undo this join"),
        }
        for place, each in enumerate(acts)
    ]


def events_by_hand(visit: Visit, read: CaseRead) -> list[tuple[Any, Shown]]:
    """The same for the history of a case, undone acts too, each with its instant."""
    told = []
    for each in regroupings_of(read, actor=visit.person):
        said = _said_act(each, read)
        if each.reason:
            said = f"{said} {each.reason}"
        if each.act.undone_at:
            undone = {"person": str(each.act.undone_by or ""), "when": say_moment(each.act.undone_at)}
            said = f"{said} " + _("(undone by %(person)s, %(when)s)") % undone
        told.append((each.act.at, {"when": say_moment(each.act.at), "text": said, "by": each.act.by.name}))
    return told


def asked_before(visit: Visit, read: CaseRead, *, on: date) -> list[str]:
    """What sources said about pairs of this case when those stood in another one, one sentence each."""
    if not follows_case(visit.person, read.case):
        return []
    told = []
    for state in asked_elsewhere(read, actor=visit.person, on=on):
        if state.asking is None:
            continue
        said = [
            _("%(who)s: %(said)s")
            % {
                "who": each.organisation.name,
                "said": each.reply.get_says_display() if each.reply else _("has not replied"),
            }
            for each in state.sources
        ]
        values = {
            "day": say_date(state.asking.at.date()),
            "case": state.asking.case.key,
            "said": "; ".join(said),
        }
        sentence = _("Pairs of it were put to their sources on %(day)s as part of case %(case)s. %(said)s.")
        if state.asking.is_withdrawn:
            sentence += " " + _("That question was withdrawn.")
        told.append(sentence % values)
    return told


def _said_act(each: RegroupingRead, read: CaseRead) -> str:
    here = each.act.case_id == read.case.pk
    values = {"n": each.pairs}
    if each.act.did == "split" and here:
        return (
            ngettext(
                "%(n)d pair was taken out of this case into another one.",
                "%(n)d pairs were taken out of this case into another one.",
                each.pairs,
            )
            % values
        )
    if each.act.did == "split":
        return (
            ngettext(
                "This case was split off another one, with %(n)d pair.",
                "This case was split off another one, with %(n)d pairs.",
                each.pairs,
            )
            % values
        )
    return (
        ngettext(
            "Another case with %(n)d pair was joined into this one.",
            "Another case with %(n)d pairs was joined into this one.",
            each.pairs,
        )
        % values
    )


def _other(each: RegroupingRead, plan: Plan) -> str:
    if not each.other_key or each.act.did != "split":
        return ""
    return reverse("members:case", args=[each.other_key]) + f"?plan={plan.ref}"


def _actions(read: CaseRead, place: Mapping[str, int], form: SplitForm) -> list[Shown]:
    given = set(_given(form, "actions"))
    lines = []
    for action in read.actions:
        own = [each for each in read.findings if action.key in (each.key_a, each.key_b)]
        alone = len(own) == len(read.findings)
        note = ngettext("leaves with %(n)d pair", "leaves with %(n)d pairs", len(own)) % {"n": len(own)}
        lines.append(
            {
                "value": action.key,
                "n": place[action.key],
                "text": action.title,
                "told": str(action.reporting_organisation),
                "note": _("in every pair: nothing would stay") if alone else note,
                "alone": alone,
                "checked": action.key in given,
            }
        )
    return lines


def _pairs(read: CaseRead, place: Mapping[str, int], form: SplitForm) -> list[Shown]:
    given = set(_given(form, "pairs"))
    return [
        {
            "value": named(finding),
            "text": _("%(one)d and %(other)d")
            % dict(zip(("one", "other"), sorted((place[finding.key_a], place[finding.key_b])), strict=True)),
            "note": said_certainty(finding),
            "checked": named(finding) in given,
        }
        for finding in read.findings
    ]


def _given(form: forms.Form, name: str) -> Sequence[str]:
    return form[name].value() or [] if form.is_bound else []


def _offered(each: Joinable, plan: Plan, asked: QueueAddress, form: JoinForm) -> Shown:
    alone = len(each.read.findings) == 1
    value = f"{each.read.case.key}:{each.read.case.version}"
    told = [
        said_size(each.read) or _("2 actions, 1 pair"),
        ngettext("%(n)d action in both", "%(n)d actions in both", each.shared) % {"n": each.shared}
        if each.shared
        else _("no action in both"),
        _("%(n)d together") % {"n": each.actions},
    ]
    return {
        "value": value,
        "key": each.read.case.key,
        "href": case_address(each.read, plan, QueueAddress(tab=asked.tab)),
        "text": said_pair(each.read.findings[0]) if alone else sentence_of(each.read),
        "titles": [] if alone else [action.title for action in each.read.actions],
        "note": "; ".join(told),
        "why_not": _why_not(each),
        "checked": form.is_bound and form["other"].value() == value,
    }


def _why_not(each: Joinable) -> str:
    """In short where it is the number of actions: the page says once how many a case holds."""
    if each.actions <= MOST_ACTIONS:
        return each.why_not
    over = each.actions - MOST_ACTIONS
    return ngettext("%(n)d action too many together", "%(n)d actions too many together", over) % {"n": over}


def _said_found(offered: Sequence[Joinable], words: str) -> str:
    values = {"n": len(offered), "words": words}
    if words:
        return (
            ngettext(
                "%(n)d case of this kind with the words “%(words)s”",
                "%(n)d cases of this kind with the words “%(words)s”",
                len(offered),
            )
            % values
        )
    return (
        ngettext(
            "%(n)d case of this kind shares an action with this one",
            "%(n)d cases of this kind share an action with this one",
            len(offered),
        )
        % values
    )
