"""What was found for an idea: the same on the desk and behind a link, whatever its reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.analysis.rules import FOUND_FROM, band_of
from concord.intake.drafts import Draft
from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.errors import BadInput
from concord.kernel.scores import said_score
from concord.web.idea_form import CheckForm, idea_in
from concord.web.timebar import in_words

if TYPE_CHECKING:
    from concord.analysis.services.checking import Checked, Checking, Idea, Like, MayAnswer, ReadAs
    from concord.web.places import Places

Shown = dict[str, Any]

SECTIONS = {
    "duplicate": (
        gettext_lazy("Perhaps the same work"),
        gettext_lazy("If one of these is what you mean, add to it instead of entering it a second time."),
    ),
    "overlap": (
        gettext_lazy("To be coordinated with"),
        gettext_lazy("The same kind of work for the same people at the same time: talk before you commit."),
    ),
    "continuation": (
        gettext_lazy("May continue, or be continued by"),
        gettext_lazy("An earlier or later phase of the same line of work."),
    ),
    "synergy": (
        gettext_lazy("Whom you could join"),
        gettext_lazy("Other work that would gain from yours, or yours from it."),
    ),
}
"""The kinds of relation in the order in which they matter to somebody with an idea."""

LISTED = 5
"""So many of a kind are shown at once, the others folded."""

LESS_SURE = 3
PARTNERS = 8


@dataclass(frozen=True, slots=True)
class Result:
    """What one idea is answered with. place: of its row in the file; problems: why it was not checked."""

    title: str
    place: str = ""
    read: str = ""
    from_words: str = ""
    problems: tuple[str, ...] = ()
    sections: tuple[Shown, ...] = ()
    partners: tuple[Shown, ...] = ()
    needs: tuple[Shown, ...] = ()
    less_sure: tuple[Shown, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An action or a need as the reader of the page may see it; href: its page, "" where there is none.

    about: who reports it, for whom, when, as far as it is told. bodies: who pays for it or does it, as (name,
    address). label: of its marking, where others may not see it.
    """

    text: str
    href: str
    about: str
    bodies: tuple[tuple[str, str], ...] = ()
    label: str = ""


def results_of(
    checking: Checking, actions: Mapping[str, Known], needs: Mapping[str, Known], places: Places
) -> list[Result]:
    """Each idea's answer; what is not known to the reader is left out."""
    return [_result(each, actions, needs, places) for each in checking.checked]


def keys_of(checking: Checking) -> tuple[set[str], set[str]]:
    """The actions and the needs that the answer names."""
    actions = {like.key for each in checking.checked for like in each.related}
    return actions, {need.key for each in checking.checked for need in each.needs}


def asked_of(
    form: CheckForm,
    check: Callable[[list[Idea]], Checking],
    drafts_in_file: Callable[[str, bytes], list[Draft]],
) -> tuple[Checking, list[tuple[Draft, Idea]]]:
    """What was checked: the idea of the form, or each row of its file; each with its draft, in order.

    Raises:
        UnreadableFile, BadInput: nothing of it can be checked.
    """
    upload = form.cleaned_data["file"]
    if upload is None:
        rows = [(Draft(""), form.idea)]
    else:
        rows = [(draft, idea_in(draft)) for draft in drafts_in_file(upload.name or "", upload.read())]
    good = [idea for draft, idea in rows if not draft.problems]
    if not good:
        raise BadInput(_first_problem(rows[0][0]))
    return check(good), rows


def in_order(rows: Iterable[tuple[Draft, Idea]], found: Iterable[Result]) -> tuple[Result, ...]:
    """The answers with the places of their rows; a row that could not be read says why."""
    answers = iter(found)
    return tuple(
        Result(idea.title, draft.place, problems=draft.problems)
        if draft.problems
        else replace(next(answers), place=draft.place)
        for draft, idea in rows
    )


def _first_problem(draft: Draft) -> str:
    return f"{draft.place}: {draft.problems[0]}" if draft.place else draft.problems[0]


def say_period(starts: str, ends: str) -> str:
    """Two EDTF dates as a period: "2019–2021", "from Mar 2019", "until 2021"; "" where neither is known."""
    start, end = in_words(starts), in_words(ends)
    if start and end:
        return start if start == end else f"{start}–{end}"
    if start:
        return _("from %(day)s") % {"day": start}
    return _("until %(day)s") % {"day": end} if end else ""


def _result(
    checked: Checked, actions: Mapping[str, Known], needs: Mapping[str, Known], places: Places
) -> Result:
    related = [like for like in checked.related if like.key in actions]
    found = [like for like in related if like.score >= FOUND_FROM]
    sections = []
    for kind, (heading, means) in SECTIONS.items():
        lines = [_line(like, actions[like.key]) for like in found if like.kind == kind]
        if lines:
            sections.append(
                {
                    "kind": kind,
                    "heading": heading,
                    "means": means,
                    "lines": lines[:LISTED],
                    "more": lines[LISTED:],
                }
            )
    answered = [_need_line(need, needs[need.key]) for need in checked.needs if need.key in needs]
    weaker = [like for like in related if like.score < FOUND_FROM][:LESS_SURE]
    return Result(
        title=checked.idea.title,
        read=read_in_words(checked.read, places),
        from_words=_said_from_words(checked.read),
        sections=tuple(sections),
        partners=tuple(_partners(actions[like.key] for like in found)),
        needs=tuple(answered),
        less_sure=tuple(_line(like, actions[like.key]) for like in weaker),
        summary=_summary(found, len(answered)),
    )


def _summary(found: Sequence[Like], needs: int) -> str:
    """How much was found, in a line: "1 may be the same work; 7 you could join; 2 open needs"."""
    kinds = Counter(like.kind for like in found)
    said = [
        (kinds["duplicate"], _("%(n)d may be the same work")),
        (kinds["overlap"], _("%(n)d to coordinate with")),
        (kinds["continuation"], _("%(n)d it may continue")),
        (kinds["synergy"], _("%(n)d you could join")),
        (needs, ngettext("%(n)d open need", "%(n)d open needs", needs)),
    ]
    return "; ".join(text % {"n": count} for count, text in said if count)


def read_in_words(read: ReadAs, places: Places) -> str:
    """How an idea was read: "training; on border management; with border police; for Albania; 2026–2028"."""
    parts = [
        ", ".join(name_of_action_type(code).lower() for code in read.action_types),
        _about(_("on %(what)s"), [name_of_topic(code).lower() for code in read.topics]),
        _about(_("with %(what)s"), read.whom),
        _about(_("for %(what)s"), [places.name(code) for code in places.order(read.beneficiaries)]),
        _when(read),
    ]
    return "; ".join(part for part in parts if part)


def _about(words: str, names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return words % {"what": listed} if listed else ""


def _when(read: ReadAs) -> str:
    if read.years:
        first, last = (str(year) for year in read.years)
        return say_period(first, last)
    return say_period(read.start, read.end) or _("no period stated")


_FROM_WORDS = {
    "action_types": gettext_lazy("means"),
    "topics": gettext_lazy("topics"),
    "beneficiaries": gettext_lazy("places"),
}


def _said_from_words(read: ReadAs) -> str:
    """Which of it nobody stated: it is what the words, and the nearest actions, say."""
    names = [
        str(name) for field, name in _FROM_WORDS.items() if field in read.from_words and getattr(read, field)
    ]
    if not names:
        return _no_topics(read)
    listed = (
        names[0]
        if len(names) == 1
        else _("%(first)s and %(last)s")
        % {
            "first": ", ".join(names[:-1]),
            "last": names[-1],
        }
    )
    told = _("Read from the words: %(what)s. If that is not what you mean, say it in the form.")
    return f"{told % {'what': listed}} {_no_topics(read)}".strip()


def _no_topics(read: ReadAs) -> str:
    """What is said where the words speak of no topic: without one little is found."""
    return (
        "" if read.topics else _("No topic was recognised: choose one in the form, or write more about it.")
    )


def _line(like: Like, known: Known) -> Shown:
    return _shown(known) | {
        "evidence": like.evidence,
        "sure": band_of(like.score).label if like.score >= FOUND_FROM else _("less sure"),
        "score": said_score(like.score),
    }


def _need_line(need: MayAnswer, known: Known) -> Shown:
    return _shown(known) | {
        "evidence": need.evidence,
        "sure": _("may answer it") if need.strength == "direct" else _("may answer it in part"),
        "score": said_score(need.score),
    }


def _shown(known: Known) -> Shown:
    return {"text": known.text, "href": known.href, "about": known.about, "marking": known.label}


def _partners(actions: Iterable[Known]) -> list[Shown]:
    """Organisations that pay for or do what was found, those with most of it first."""
    counts: Counter[tuple[str, str]] = Counter()
    for action in actions:
        counts.update(set(action.bodies))
    best = sorted(counts.items(), key=lambda each: (-each[1], each[0][0].casefold()))[:PARTNERS]
    return [
        {
            "text": name,
            "href": href,
            "said": ngettext("in %(n)d of them", "in %(n)d of them", count) % {"n": count},
        }
        for (name, href), count in best
    ]
