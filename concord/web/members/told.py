"""Values of statements as people read them, and where they come from in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.accounts.queries import organisations_by_key
from concord.kernel.codelists import (
    ACTION_STATUSES,
    APPROACHES,
    FUNDING_STATUSES,
    NEED_KINDS,
    name_of_action_type,
    name_of_topic,
)
from concord.kernel.money import format_amount
from concord.plan.rules import decode
from concord.publication.reading import say_day
from concord.web.members.rows import Places

if TYPE_CHECKING:
    from concord.plan.models import Action, Origin, Statement

FIELD_LABELS = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "description": gettext_lazy("Description"),
    "pillars": gettext_lazy("Pillars"),
    "beneficiaries": gettext_lazy("For whom"),
    "participations": gettext_lazy("Who takes part"),
    "funding": gettext_lazy("Money"),
    "start": gettext_lazy("Start"),
    "end": gettext_lazy("End"),
    "status": gettext_lazy("Status"),
    "topics": gettext_lazy("Topics"),
    "action_types": gettext_lazy("Means"),
    "events": gettext_lazy("Events"),
    "indicators": gettext_lazy("Indicators"),
    "source_url": gettext_lazy("Source page"),
    "notes": gettext_lazy("Notes"),
    "received": gettext_lazy("Kept as received"),
    "related_ids": gettext_lazy("Related rows, as written"),
    "answers_needs": gettext_lazy("Needs it answers, as its source says"),
    "statement": gettext_lazy("What is lacking"),
    "pillar": gettext_lazy("Pillar"),
    "kind": gettext_lazy("Kind"),
    "approach": gettext_lazy("Approach"),
    "priority": gettext_lazy("Priority"),
    "reference": gettext_lazy("Source document"),
    "stated_on": gettext_lazy("Stated"),
}
"""What people call each field that can be stated, in the order in which it is shown."""

ROLE_LABELS = {
    "donor": gettext_lazy("Who pays"),
    "implementer": gettext_lazy("Who does it"),
    "lead": gettext_lazy("Lead"),
    "partner": gettext_lazy("Partners"),
    "recipient": gettext_lazy("Who receives it"),
    "authority": gettext_lazy("Authority"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One statement as it is shown: its value in lines, and where it comes from."""

    pk: int
    field: str
    lines: tuple[str, ...]
    source: str
    chosen: bool
    is_question: bool


def tell_all(statements: Iterable[Statement], places: Places) -> list[Told]:
    """Statements in words; organisations that a value names by key are looked up at once."""
    listed = list(statements)
    values = {statement.pk: decode(statement.value) for statement in listed}
    names = {key: body.name for key, body in organisations_by_key(_keys_in(values.values())).items()}
    return [
        Told(
            pk=statement.pk,
            field=statement.field,
            lines=tuple(tell(statement.field, values[statement.pk], places, names)),
            source=say_origin(statement.origin),
            chosen=statement.chosen,
            is_question=statement.is_question,
        )
        for statement in listed
    ]


def tell(field: str, value: Any, places: Places, names: Mapping[str, str]) -> list[str]:
    """A value in lines of plain words; nothing stated is an empty list."""
    if value in (None, "", []):
        return []
    if field == "beneficiaries":
        return [places.name(code) for code in places.order(value)]
    if field in ("topics", "action_types"):
        name = name_of_topic if field == "topics" else name_of_action_type
        return [name(code) for code in value]
    if field == "participations":
        return [
            f"{ROLE_LABELS[part['role']]}: {_named(part, 'organisation', 'as_written', names)}"
            for part in value
        ]
    if field == "funding":
        return [tell_money(line, names) for line in value]
    if field in ("start", "end", "stated_on"):
        return [say_day(value)]
    codes = {"status": ACTION_STATUSES, "kind": NEED_KINDS, "approach": APPROACHES}.get(field)
    if codes is not None:
        return [codes.get(value, value)]
    if field == "received":
        return [_("the whole IATI activity (SHA-256 %(hash)s…)") % {"hash": value["sha256"][:12]}]
    if isinstance(value, list):
        return [_listed(item) for item in value]
    return [str(value)]


def tell_money(line: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One funding line: amount, donor, status, instrument, contract."""
    amount = line.get("amount")
    said = [
        format_amount(Decimal(amount), line["currency"]) if amount is not None else _("amount not reported")
    ]
    if donor := _named(line, "donor", "donor_as_written", names):
        said.append(_("from %(donor)s") % {"donor": donor})
    elif amount is not None:
        said.append(_("shares of the donors not reported"))
    status = line.get("status") or "not reported"
    if status != "not reported":
        word = FUNDING_STATUSES.get(status, status).lower()
        said.append(
            _("%(status)s, as the action’s status suggests") % {"status": word}
            if line.get("status_inferred")
            else word
        )
    said += [text for text in (line.get("instrument"), line.get("contract_number")) if text]
    return ", ".join(said)


def _named(item: Mapping[str, Any], key: str, written: str, names: Mapping[str, str]) -> str:
    chosen = item.get(key)
    return (names.get(chosen, "") if chosen else "") or item.get(written) or ""


def _listed(item: Any) -> str:
    return (
        ", ".join(str(value) for value in item.values() if value) if isinstance(item, Mapping) else str(item)
    )


def _keys_in(values: Iterable[Any]) -> set[str]:
    items = (
        item for value in values if isinstance(value, list) for item in value if isinstance(item, Mapping)
    )
    return {key for item in items for key in (item.get("organisation"), item.get("donor")) if key}


def say_origin(origin: Origin) -> str:
    """Where a value comes from: file, row and sheet, or a person's entry; who entered it, for whom and when;
    and of a file its hash and the receipt under which it was handed in."""
    said = []
    if origin.kind == origin.Kind.FILE:
        said.append(_("%(file)s, row %(row)s") % {"file": origin.file_name, "row": origin.row})
        if origin.sheet:
            said.append(_("sheet %(sheet)s") % {"sheet": origin.sheet})
    elif origin.page_address:
        said.append(origin.page_address)
    entered = _("entered by %(person)s") % {"person": origin.entered_by.name}
    if origin.on_behalf_of is not None:
        entered = _("entered by %(person)s on behalf of %(body)s") % {
            "person": origin.entered_by.name,
            "body": origin.on_behalf_of.name,
        }
    said += [entered, say_moment(origin.at)]
    if origin.file_sha256:
        said.append(_("SHA-256 of the file %(hash)s…") % {"hash": origin.file_sha256[:12]})
    if origin.receipt:
        said.append(_("receipt %(key)s") % {"key": origin.receipt})
    return ", ".join(said)


def say_date(moment: Any) -> str:
    """A day in words: "23 November 2026"; empty for none."""
    return date_format(moment, "j F Y") if moment else ""


def say_moment(moment: Any) -> str:
    """A day with its time, in UTC."""
    return date_format(moment, "j F Y, H:i") + " UTC" if moment else ""


def say_withdrawal(action: Action) -> str:
    """Who withdrew the action, when and why; "" where it stands."""
    if action.withdrawn_at is None or action.withdrawn_by is None:
        return ""
    values = {
        "body": action.reporting_organisation.name,
        "day": say_date(action.withdrawn_at),
        "reason": action.withdrawn_reason,
        "person": action.withdrawn_by.name,
    }
    if action.withdrawn_on_behalf:
        return _("Withdrawn on %(day)s by %(person)s on behalf of %(body)s, because: %(reason)s") % values
    return _("Withdrawn by its source, %(body)s, on %(day)s, because: %(reason)s") % values
