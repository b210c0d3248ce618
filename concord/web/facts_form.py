"""The main facts of one action as a short form: what people correct on the telephone or behind a link."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.kernel.codelists import ACTION_STATUSES, CURRENCIES
from concord.kernel.errors import BadInput
from concord.plan.rules import period_of
from concord.web.fields import TitleField, WhenField

if TYPE_CHECKING:
    from concord.plan.models import Action

FACTS = ("title", "start", "end", "status")


class FactsForm(forms.Form):
    """Title, dates, status, and the amount where the action has one line of money at most.

    Each field carries what the person saw, so that only what they touched is written. `prefix` is the
    action's key, so that many stand on one page.
    """

    title = TitleField(label=gettext_lazy("Title"), max_length=500, rows=2)
    start = WhenField(label=gettext_lazy("Start"), required=False)
    end = WhenField(label=gettext_lazy("End"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        required=False,
        min_value=Decimal(0),
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)

    def __init__(self, data: Any, *, action: Action) -> None:
        self.action = action
        self.lines = funding_of(action)
        line = self.lines[0] if self.lines else None
        seen = {name: getattr(action, name) for name in FACTS}
        seen |= {"amount": line["amount"] if line else "", "currency": line["currency"] if line else ""}
        super().__init__(data, prefix=action.key, initial=seen)
        self.fields["status"].choices = [("", _("not reported")), *ACTION_STATUSES.items()]  # type: ignore[attr-defined]
        codes = dict.fromkeys(["EUR", "USD", str(seen["currency"] or "EUR"), *sorted(CURRENCIES)])
        self.fields["currency"].choices = [("", "–"), *((code, code) for code in codes)]  # type: ignore[attr-defined]
        if len(self.lines) > 1:
            del self.fields["amount"], self.fields["currency"]

    def clean(self) -> dict[str, Any]:
        """An amount has a currency, and an action ends after it starts."""
        cleaned = super().clean() or {}
        if cleaned.get("amount") is not None and not cleaned.get("currency"):
            self.add_error("currency", _("Say which currency the amount is in."))
        if not self.errors:
            try:
                period_of(cleaned.get("start", ""), cleaned.get("end", ""))
            except BadInput as error:
                self.add_error("end", str(error))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The plan's values of the fields that the person touched; empty where nothing was."""
        touched = set(self.changed_data)
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in FACTS if name in touched}
        if touched & {"amount", "currency"}:
            values["funding"] = self._funding()
        return values

    def _funding(self) -> list[dict[str, Any]]:
        amount = self.cleaned_data["amount"]
        empty: dict[str, Any] = {
            "donor": None,
            "donor_as_written": "",
            "status": "not reported",
            "status_inferred": False,
            "instrument": "",
            "contract_number": "",
        }
        line = self.lines[0] if self.lines else empty
        said = {"amount": None, "currency": ""}
        if amount is not None:
            said = {"amount": f"{amount:.2f}", "currency": self.cleaned_data["currency"]}
        return [] if amount is None and not self.lines else [line | said]


def funding_of(action: Action) -> list[dict[str, Any]]:
    """The action's lines of money as the plan states them."""
    return [
        {
            "donor": line.donor.key if line.donor else None,
            "donor_as_written": line.donor_as_written or (line.donor.name if line.donor else ""),
            "amount": str(line.amount) if line.amount is not None else None,
            "currency": line.currency,
            "status": line.status,
            "status_inferred": line.status_inferred,
            "instrument": line.instrument,
            "contract_number": line.contract_number,
        }
        for line in action.funding_lines.select_related("donor").order_by("order")
    ]
