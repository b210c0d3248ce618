"""The form in which somebody tries an idea out. It is read for one answer and not kept."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.analysis.services.checking import TITLE_LIMIT, Idea
from concord.intake.drafts import TEXT_SUFFIXES, Draft
from concord.intake.formats.limits import FILE_BYTES, MEGABYTE
from concord.kernel.codelists import ACTION_TYPES, CURRENCIES, TOPICS
from concord.web.fields import TextField, TitleField, WhenField

if TYPE_CHECKING:
    from concord.web.places import Places

SUFFIXES = (".xlsx", ".docx", ".csv", ".ods", ".xls", ".json", ".xml", *TEXT_SUFFIXES)
_WHEN = gettext_lazy("As precise as it is known: 2027, 02/2027 or 28.02.2027.")


class CheckForm(forms.Form):
    """An idea: a title at least, or a file with drafts."""

    title = TitleField(
        label=gettext_lazy("What you think of doing"),
        required=False,
        rows=2,
        max_length=TITLE_LIMIT,
        help_text=gettext_lazy("In one line: what, for whom, where."),
    )
    summary = TextField(
        label=gettext_lazy("More about it"),
        required=False,
        rows=6,
        help_text=gettext_lazy("Paste a paragraph or a page, in any language. It is compared, and not kept."),
    )
    beneficiaries = forms.MultipleChoiceField(
        label=gettext_lazy("For whom"), required=False, widget=forms.CheckboxSelectMultiple
    )
    start = WhenField(label=gettext_lazy("Begins"), required=False, help_text=_WHEN)
    end = WhenField(label=gettext_lazy("Ends"), required=False)
    donors = TextField(
        label=gettext_lazy("Who would pay"),
        required=False,
        rows=2,
        help_text=gettext_lazy("One organisation per line."),
    )
    implementers = TextField(label=gettext_lazy("Who would do it"), required=False, rows=2)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), required=False, min_value=Decimal(0), max_digits=18, decimal_places=2
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(TOPICS.items()),
    )
    action_types = forms.MultipleChoiceField(
        label=gettext_lazy("Means"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(ACTION_TYPES.items()),
    )
    file = forms.FileField(label=gettext_lazy("Or a draft as a file"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, places: Places) -> None:
        super().__init__(data, files, auto_id="check_%s")
        self._several("beneficiaries", [(place.code, place.name) for place in places.table])
        codes = [("", _("not stated")), *((code, code) for code in sorted(CURRENCIES))]
        self.fields["currency"].choices = codes  # type: ignore[attr-defined]
        upload = self.fields["file"]
        upload.widget.attrs["accept"] = ",".join(SUFFIXES)
        upload.help_text = _(
            "A table with a heading “title” (Excel, Word, CSV; up to %(size)d MB), or a plain text. Every row"
            " is checked by itself, and the file is not kept."
        ) % {"size": FILE_BYTES // MEGABYTE}

    def _several(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields[name].widget.choices = choices

    def clean_file(self) -> Any:
        """A file that is small enough, said before it is read."""
        sent = self.cleaned_data["file"]
        if sent and sent.size > FILE_BYTES:
            most = FILE_BYTES // MEGABYTE
            raise forms.ValidationError(_("The file is too large: %(n)d MB are the most.") % {"n": most})
        return sent

    def clean(self) -> dict[str, Any]:
        """Something must be there to check, and an amount needs its currency."""
        sent = super().clean() or {}
        if not sent.get("title") and not sent.get("file") and not self.errors:
            self.add_error("title", _("Write in a few words what would be done, or choose a file."))
        if sent.get("amount") and not sent.get("currency"):
            self.add_error("currency", _("Say which currency the amount is in."))
        return sent

    @property
    def idea(self) -> Idea:
        """What the fields say, once the form is valid."""
        sent = self.cleaned_data
        return Idea(
            title=sent["title"],
            summary=sent["summary"],
            beneficiaries=tuple(sent["beneficiaries"]),
            topics=tuple(sent["topics"]),
            action_types=tuple(sent["action_types"]),
            donors=_lines(sent["donors"]),
            implementers=_lines(sent["implementers"]),
            start=sent["start"],
            end=sent["end"],
            amount=sent["amount"],
            currency=sent["currency"],
        )

    @property
    def says_more(self) -> bool:
        """Whether a folded field is filled or wrong, so that it must be seen."""
        folded = ("start", "end", "donors", "implementers", "amount", "currency", "topics", "action_types")
        return any(self[name].errors or self[name].data for name in folded)


def idea_in(draft: Draft) -> Idea:
    """A row of a file as an idea."""
    lists = draft.lists
    return Idea(
        title=draft.title,
        summary=draft.summary,
        beneficiaries=lists.get("beneficiaries", ()),
        topics=lists.get("topics", ()),
        action_types=lists.get("action_types", ()),
        donors=lists.get("donors", ()),
        implementers=lists.get("implementers", ()),
        start=draft.start,
        end=draft.end,
        amount=draft.amount,
        currency=draft.currency,
        key=draft.key,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())
