"""What the pages behind links show: an organisation's own actions, the file it handed in, an entry for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.accounts.rules import Marking
from concord.intake.queries import problem_counts, problems_of, rows_of
from concord.intake.queries.calls import actions_named, own_actions
from concord.intake.queries.links import organisation_of, person_of
from concord.kernel.codelists import ACTION_STATUSES
from concord.kernel.money import format_amount
from concord.web.timebar import in_words

if TYPE_CHECKING:
    from concord.intake.models import Input, InputRow, Invitation, Link, OnBehalfEntry
    from concord.plan.models import Action

ANSWERS = {
    "confirmed": gettext_lazy("You said that everything stands as it is"),
    "changed": gettext_lazy("You sent changes"),
    "nothing": gettext_lazy("You said that there is nothing to report"),
}
DONE = {
    "confirmed": gettext_lazy("Thank you. Your actions are confirmed as they stand."),
    "changed": gettext_lazy("Thank you. Your changes stand in the plan now."),
    "nothing": gettext_lazy("Thank you. It is noted that you have nothing to report."),
    "colleague": gettext_lazy("Your colleague gets a mail with a link of their own. Yours goes on working."),
    "objected": gettext_lazy("Thank you. The secretariat reads what you wrote and answers you."),
}
"""What is said after something was sent; the address carries the word alone."""

FIELDS = {
    "title": gettext_lazy("title"),
    "start": gettext_lazy("start"),
    "end": gettext_lazy("end"),
    "status": gettext_lazy("status"),
    "funding": gettext_lazy("money"),
    "beneficiaries": gettext_lazy("for whom"),
    "participations": gettext_lazy("who takes part"),
    "summary": gettext_lazy("summary"),
    "description": gettext_lazy("description"),
    "topics": gettext_lazy("topics"),
    "action_types": gettext_lazy("means"),
    "notes": gettext_lazy("notes"),
    "source_url": gettext_lazy("source page"),
}
MOST_PROBLEMS = 50
MOST_ADDED = 50
CELL_CHARACTERS = 160
TYPED = "idea.csv"
"""The name of the file that is made of an idea somebody typed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One action as it stands."""

    key: str
    title: str
    facts: list[str]
    confirmed: str
    marking: str
    href: str


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """What answers/answer.html shows."""

    organisation: str
    secretariat: str
    title: str
    lede: str
    lines: list[Line]
    seen: str
    said: str
    done: str
    confirm: str


@dataclass(frozen=True, slots=True)
class FilePage:
    """What answers/file.html shows: what a file would change, and what must be mended."""

    name: str
    lede: str
    changes: list[dict[str, Any]]
    added: list[dict[str, Any]]
    problems: list[dict[str, str]]
    can_apply: bool
    is_applied: bool
    apply_address: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """What answers/entry.html shows: what was entered on behalf."""

    organisation: str
    secretariat: str
    lede: str
    lines: list[Line]
    said: list[str]
    done: str


def answer_page(link: Link, invitation: Invitation, *, done: str) -> AnswerPage:
    """The organisation's own actions in the plan of the call, as its reporter may see them."""
    call = invitation.call
    actions = _actions(link, invitation)
    said = ANSWERS.get(invitation.answer, "") if invitation.answered_by_way == "link" else ""
    count = len(actions)
    return AnswerPage(
        organisation=invitation.organisation.name,
        secretariat=call.plan.framework.secretariat.name,
        title=call.title,
        lede=_("%(counted)s Please answer by %(day)s.")
        % {"counted": _counted(count, call.plan.title), "day": say(call.closes_on)},
        lines=[_line(action, with_address=True) for action in actions],
        seen=";".join(f"{action.key}:{action.version}" for action in actions),
        said=_("%(said)s on %(day)s. You can answer again as long as the link works.")
        % {"said": said, "day": say(invitation.answered_at)}
        if said and not done
        else "",
        done=str(DONE.get(done, "")),
        confirm=ngettext(
            "Yes, this action stands as it is", "Yes, all %(n)d actions stand as they are", count
        )
        % {"n": count},
    )


def file_page(received: Input) -> FilePage:
    """A file that the organisation handed in, before and after it is applied."""
    counts = problem_counts(received)
    changed = rows_of(received, "changed")
    new = rows_of(received, "new")
    changes = [
        {"row": row.number, "fields": ", ".join(str(FIELDS.get(c["field"], c["field"])) for c in row.changes)}
        for row in changed
    ]
    problems = problems_of(received, ("error", "question"))[:MOST_PROBLEMS]
    applied = received.state == "applied"
    return FilePage(
        name=_("What you typed") if received.file_name == TYPED else received.file_name,
        lede=_("%(changed)s, %(new)s, %(wrong)s.")
        % {
            "changed": ngettext("%(n)d action changes", "%(n)d actions change", changed.count())
            % {"n": changed.count()},
            "new": ngettext("%(n)d is new", "%(n)d are new", new.count()) % {"n": new.count()},
            "wrong": ngettext("%(n)d row can’t be read", "%(n)d rows can’t be read", counts.error)
            % {"n": counts.error},
        },
        changes=changes,
        added=[_added(row, received.sheets) for row in new[:MOST_ADDED]],
        problems=[
            {
                "place": _("row %(row)s, column %(column)s")
                % {"row": p.row or "–", "column": p.column or "–"},
                "message": p.message,
                "remedy": p.remedy if p.severity == "error" else "",
            }
            for p in problems
        ],
        can_apply=not applied and received.rows.exclude(state="error").exists(),
        is_applied=applied,
        apply_address=reverse("answers:apply", args=[received.key]),
    )


def _added(row: InputRow, sheets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A new row as it was handed in: its title, and what else it says, under the file's own headings."""
    columns = sheets[row.sheet_order]["columns"] if row.sheet_order < len(sheets) else []
    told = [(column, _short(cell)) for column, cell in zip(columns, row.cells, strict=False) if cell.strip()]
    titles = [cell for column, cell in told if column["field"] in ("title", "statement")]
    return {
        "row": row.number,
        "title": titles[0] if titles else "",
        "facts": [
            {"heading": column["heading"], "text": cell}
            for column, cell in told
            if column["field"] not in ("title", "statement")
        ],
    }


def _short(text: str) -> str:
    return text if len(text) <= CELL_CHARACTERS else f"{text[:CELL_CHARACTERS].rstrip()} …"


def entry_page(link: Link, entry: OnBehalfEntry, *, done: str) -> EntryPage:
    """What an officer entered for the organisation, as its reporter may see it."""
    actions = actions_named(entry.action_keys, framework=entry.framework, actor=person_of(link))
    return EntryPage(
        organisation=organisation_of(link).name,
        secretariat=entry.framework.secretariat.name,
        lede=_("Noted %(means)s on %(day)s, on behalf of your organisation.")
        % {"means": entry.get_means_display(), "day": say(entry.spoken_on)},
        lines=[_line(action) for action in actions],
        said=[each.text for each in entry.objections.order_by("pk")],
        done=str(DONE.get(done, "")),
    )


def own_action(link: Link, invitation: Invitation, key: str) -> Action | None:
    """One of the organisation's own actions that the call is about."""
    return own_actions(invitation, actor=person_of(link)).filter(key=key).first()


def versions_in(text: str) -> dict[str, int]:
    """What a page carried of its actions, "KEY:version;KEY:version"; what is no such pair is left out."""
    pairs = (part.partition(":") for part in text.split(";"))
    return {key: int(number) for key, _colon, number in pairs if number.isascii() and number.isdigit()}


def say(when: date | datetime | None) -> str:
    """A day as people read it."""
    return date_format(when, "j F Y") if when else ""


def _actions(link: Link, invitation: Invitation) -> Sequence[Action]:
    rows = own_actions(invitation, actor=person_of(link)).order_by("title", "key")
    return list(rows.prefetch_related("funding_lines", "participations__organisation"))


def _counted(count: int, plan: str) -> str:
    if not count:
        return _("%(plan)s holds no action of yours yet.") % {"plan": plan}
    return ngettext(
        "One action of yours stands in %(plan)s.", "%(n)d actions of yours stand in %(plan)s.", count
    ) % {"n": count, "plan": plan}


def _line(action: Action, *, with_address: bool = False) -> Line:
    partners = [
        part.organisation.short if part.organisation else part.as_written
        for part in action.participations.all()
        if part.role == "implementer"
    ]
    status = ACTION_STATUSES.get(action.status, _("status not reported"))
    facts = [
        _when(action),
        str(status),
        _money(action),
        _("by %(who)s") % {"who": ", ".join(partners)} if partners else "",
    ]
    return Line(
        key=action.key,
        title=action.title,
        facts=[fact for fact in facts if fact],
        confirmed=_("last confirmed on %(day)s") % {"day": say(action.last_confirmed_on)}
        if action.last_confirmed_on
        else _("not confirmed yet"),
        marking=Marking(action.marking).label if action.marking != Marking.CLEAR else "",
        href=reverse("answers:facts", args=[action.key]) if with_address else "",
    )


def _when(action: Action) -> str:
    start, end = in_words(action.start), in_words(action.end)
    if not start and not end:
        return _("dates not reported")
    if not end:
        return _("from %(start)s, end not reported") % {"start": start}
    if not start:
        return _("until %(end)s, start not reported") % {"end": end}
    return _("%(start)s to %(end)s") % {"start": start, "end": end}


def _money(action: Action) -> str:
    stated = [line for line in action.funding_lines.all() if line.amount is not None]
    if not stated:
        return _("amount not reported")
    return " + ".join(format_amount(Decimal(str(line.amount)), line.currency) for line in stated)
