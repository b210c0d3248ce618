"""Forms about one action: amending it, choosing a statement, placing it, undoing a merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.kernel.codelists import ACTION_STATUSES, ACTION_TYPES, CURRENCIES, FUNDING_STATUSES, TOPICS
from concord.web.members.forms import LineField, TextField, TitleField, VersionForm, WhenField
from concord.web.members.told import FIELD_LABELS, ROLE_LABELS

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

    from concord.plan.models import Action, Plan
    from concord.web.members.rows import Places

MONEY = ("donor", "amount", "currency", "status", "instrument", "contract_number")
"""The parts of a funding line, in the order of the form."""

_SPARE_LINES = 1  # empty funding lines offered beside those that are there
_MOST_LINES = 40
_SCALARS = ("title", "summary", "description", "start", "end", "status", "source_url", "notes")
_LISTS = ("beneficiaries", "pillars", "topics", "action_types")


class AmendForm(VersionForm):
    """An action's values as a person may write them.

    Every field also carries what the person saw, so that only what they touched is written and a
    change that somebody else made meanwhile is not taken back.
    """

    title = TitleField(label=FIELD_LABELS["title"], max_length=500, rows=2)
    beneficiaries = forms.MultipleChoiceField(label=FIELD_LABELS["beneficiaries"], required=False)
    start = WhenField(label=FIELD_LABELS["start"], required=False)
    end = WhenField(label=FIELD_LABELS["end"], required=False)
    status = forms.ChoiceField(label=FIELD_LABELS["status"], required=False)
    summary = TextField(label=FIELD_LABELS["summary"], required=False, rows=4)
    description = TextField(label=FIELD_LABELS["description"], required=False, rows=6)
    pillars = forms.MultipleChoiceField(label=FIELD_LABELS["pillars"], required=False)
    topics = forms.MultipleChoiceField(label=FIELD_LABELS["topics"], required=False)
    action_types = forms.MultipleChoiceField(label=FIELD_LABELS["action_types"], required=False)
    source_url = LineField(label=FIELD_LABELS["source_url"], required=False, max_length=500)
    notes = TextField(
        label=FIELD_LABELS["notes"],
        required=False,
        rows=3,
        help_text=gettext_lazy("Members only, never public."),
    )
    on_behalf = forms.BooleanField(required=False)
    lines = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=_MOST_LINES)

    def __init__(
        self, data: Any, *, action: Action, places: Places, pillars: Sequence[Any], may_be_behalf: bool
    ) -> None:
        self.action = action
        seen = seen_of(action)
        super().__init__(data, initial=seen, auto_id="amend_%s")
        self._offer(places, pillars, seen)
        self.money_count = self._count_lines(data, seen)
        self._add_parts(seen)
        self._add_money(seen)
        self.fields["on_behalf"].label = _("I write this on behalf of %(body)s, who asked for it") % {
            "body": action.reporting_organisation.name
        }
        if not may_be_behalf:
            del self.fields["on_behalf"]
        for name, field in self.fields.items():
            field.show_hidden_initial = name not in ("version", "lines", "on_behalf")

    def _offer(self, places: Places, pillars: Sequence[Any], seen: Mapping[str, Any]) -> None:
        """The choices of every list, with what the action holds beside the lists."""
        offered = {
            "beneficiaries": [(place.code, place.name) for place in places.table],
            "pillars": [(pillar.acronym, f"{pillar.acronym}, {pillar.name}") for pillar in pillars],
            "topics": list(TOPICS.items()),
            "action_types": list(ACTION_TYPES.items()),
        }
        for name, choices in offered.items():
            known = {code for code, _name in choices}
            extra = [(code, places.name(code)) for code in seen[name] if code not in known]
            self.fields[name].choices = [*choices, *extra]  # type: ignore[attr-defined]
            self.fields[name].widget = forms.CheckboxSelectMultiple(choices=[*choices, *extra])
        self.fields["status"].choices = [("", _("not reported")), *ACTION_STATUSES.items()]  # type: ignore[attr-defined]
        for name in ("start", "end"):
            self.fields[name].help_text = _("As precise as it is known: 2019, 02/2019 or 28.02.2019.")

    def _count_lines(self, data: Any, seen: Mapping[str, Any]) -> int:
        sent = str(data.get("lines", "")) if data else ""
        count = int(sent) if sent.isascii() and sent.isdigit() else 0
        self.initial["lines"] = len(seen["funding"]) + _SPARE_LINES
        return min(max(count, self.initial["lines"]), _MOST_LINES)

    def _add_parts(self, seen: Mapping[str, Any]) -> None:
        for role, label in ROLE_LABELS.items():
            name = f"part_{role}"
            self.fields[name] = TextField(
                label=label,
                required=False,
                rows=2,
                help_text=_("One organisation per line, as it is written."),
            )
            self.initial[name] = "\n".join(
                _written(part) for part in seen["participations"] if part["role"] == role
            )

    def _add_money(self, seen: Mapping[str, Any]) -> None:
        for number in range(self.money_count):
            line = seen["funding"][number] if number < len(seen["funding"]) else {}
            for part, field in _money_fields().items():
                self.fields[f"money_{number}_{part}"] = field
                self.initial[f"money_{number}_{part}"] = line.get(part) or (
                    "" if part != "status" else "not reported"
                )

    @property
    def parts(self) -> list[BoundField]:
        """The fields of who takes part that are always shown: who pays, who does it, and filled ones."""
        return [self[f"part_{role}"] for role in ROLE_LABELS if self._is_common(role)]

    @property
    def rare_parts(self) -> list[BoundField]:
        """The fields of who takes part that few actions fill; folded while empty."""
        return [self[f"part_{role}"] for role in ROLE_LABELS if not self._is_common(role)]

    def _is_common(self, role: str) -> bool:
        return role in ("donor", "implementer") or bool(self.initial[f"part_{role}"])

    @property
    def money(self) -> list[list[BoundField]]:
        """The funding lines, each a list of its fields."""
        return [[self[f"money_{number}_{part}"] for part in MONEY] for number in range(self.money_count)]

    def changes(self) -> dict[str, Any]:
        """What the person touched, as values that amend_action takes."""
        touched = set(self.changed_data)
        found = {name: self.cleaned_data[name] for name in (*_SCALARS, *_LISTS) if name in touched}
        if any(name.startswith("part_") for name in touched):
            found["participations"] = self._participations()
        if any(name.startswith("money_") for name in touched):
            found["funding"] = self._funding()
        return found

    def _participations(self) -> list[dict[str, Any]]:
        """Names as written; one that stood there already keeps the organisation it was identified with."""
        known = {(part["role"], _written(part)): part for part in seen_of(self.action)["participations"]}
        rows = []
        for role in ROLE_LABELS:
            for text in filter(
                None, (line.strip() for line in self.cleaned_data[f"part_{role}"].split("\n"))
            ):
                before = known.get((role, text), {})
                rows.append({"role": role, "as_written": text, "organisation": before.get("organisation")})
        return rows

    def _funding(self) -> list[dict[str, Any]]:
        known = seen_of(self.action)["funding"]
        rows = []
        for number in range(self.money_count):
            line = {part: self.cleaned_data[f"money_{number}_{part}"] for part in MONEY}
            if not any(line[part] for part in MONEY if part not in ("status", "currency")):
                continue
            before = known[number] if number < len(known) else {}
            donor = line.pop("donor")
            same = donor and donor == before.get("donor")
            rows.append(
                line
                | {
                    "amount": line["amount"] or None,
                    "donor_as_written": donor,
                    "donor": before.get("donor_key") if same else None,
                    "status_inferred": bool(before.get("status_inferred"))
                    and line["status"] == before.get("status"),
                }
            )
        return rows


def _money_fields() -> dict[str, forms.Field]:
    codes = [("", _("currency")), *((code, code) for code in sorted(CURRENCIES))]
    return {
        "donor": LineField(label=_("From"), required=False, max_length=300),
        "amount": LineField(label=_("Amount"), required=False, max_length=30),
        "currency": forms.ChoiceField(label=_("Currency"), required=False, choices=codes),
        "status": forms.ChoiceField(
            label=_("Status"), required=False, choices=list(FUNDING_STATUSES.items())
        ),
        "instrument": LineField(label=_("Instrument or programme"), required=False, max_length=200),
        "contract_number": LineField(label=_("Contract or decision number"), required=False, max_length=120),
    }


def seen_of(action: Action) -> dict[str, Any]:
    """The action's values as the form shows them first."""
    values: dict[str, Any] = {name: getattr(action, name) for name in _SCALARS}
    values["version"] = action.version
    values["beneficiaries"] = sorted(row.code for row in action.beneficiary_rows.all())
    values["topics"] = [row.code for row in action.topic_rows.order_by("pk")]
    values["action_types"] = [row.code for row in action.type_rows.order_by("pk")]
    values["pillars"] = [
        row.pillar.acronym for row in action.pillar_rows.select_related("pillar").order_by("pk")
    ]
    values["participations"] = [
        {
            "role": part.role,
            "as_written": part.as_written or (part.organisation.name if part.organisation else ""),
            "organisation": part.organisation.key if part.organisation else None,
        }
        for part in action.participations.select_related("organisation").order_by("role", "order")
    ]
    values["funding"] = [
        {
            "donor": line.donor_as_written or (line.donor.name if line.donor else ""),
            "donor_key": line.donor.key if line.donor else None,
            "amount": str(line.amount) if line.amount is not None else "",
            "currency": line.currency,
            "status": line.status,
            "status_inferred": line.status_inferred,
            "instrument": line.instrument,
            "contract_number": line.contract_number,
        }
        for line in action.funding_lines.select_related("donor").order_by("order")
    ]
    return values


def _written(part: Mapping[str, Any]) -> str:
    return str(part["as_written"])


class PlaceForm(forms.Form):
    """Where an action or need stands in one plan: one main measure, and for actions linked ones."""

    measure = forms.ChoiceField(label=gettext_lazy("Main measure"), required=False)
    linked = forms.MultipleChoiceField(
        label=gettext_lazy("Also linked to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It is listed there too and counted once."),
    )

    def __init__(self, data: Any, *, plan: Plan, initial: Mapping[str, Any], with_links: bool = True) -> None:
        super().__init__(data, initial=dict(initial), auto_id="place_%s")
        self._measures = {measure.code: measure for measure in plan.template.measures.order_by("order")}
        choices = [(code, f"{code} {measure.name}") for code, measure in self._measures.items()]
        self.fields["measure"].choices = [("", _("Not yet placed")), *choices]  # type: ignore[attr-defined]
        self.fields["linked"].choices = choices  # type: ignore[attr-defined]
        if not with_links:
            del self.fields["linked"]

    @property
    def main(self) -> Any:
        """The measure chosen, or None for "not yet placed"."""
        return self._measures.get(self.cleaned_data["measure"])

    @property
    def others(self) -> list[Any]:
        """The measures linked beside the main one."""
        return [self._measures[code] for code in self.cleaned_data.get("linked", [])]


class ChooseForm(VersionForm):
    """Which statement about a field counts."""

    statement = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class UndoMergeForm(forms.Form):
    """Which merge is taken back."""

    merge = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
