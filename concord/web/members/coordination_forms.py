"""The forms of the coordination pages. They clean; services write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.analysis.rules import NEEDS_REASON, Answer

if TYPE_CHECKING:
    from concord.analysis.models import Finding

REASON_LENGTH = 2_000


class AnswerForm(forms.Form):
    """What was agreed about a pair. `version` is that of the finding when the page was opened."""

    answer = forms.ChoiceField(
        choices=Answer.choices,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, in a sentence"),
        help_text=gettext_lazy("Needed to keep both or to dismiss. Members read it; it is never published."),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A reason where the answer needs one."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answer") in NEEDS_REASON and not cleaned.get("reason"):
            self.add_error("reason", _("Give the reason: whoever reads this later was not in the room."))
        return cleaned


class MergeForm(forms.Form):
    """Which record stays, and from which of the two each differing fact is taken (1 or 2).

    `version` is that of the finding, `version_a` and `version_b` those of the actions, as read.
    """

    keep = forms.ChoiceField(
        label=gettext_lazy("Which record stays"),
        help_text=gettext_lazy("Its key and its reporter stay. The other one points to it from now on."),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why they are one, in a sentence"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    version_a = forms.IntegerField(widget=forms.HiddenInput)
    version_b = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, finding: Finding, fields: Sequence[str]
    ) -> None:
        initial = {
            "keep": finding.key_a,
            "version": finding.version,
            "version_a": finding.action_a.version,
            "version_b": finding.action_b.version,
        }
        super().__init__(data, initial=initial)
        self.differing = list(fields)
        keep: Any = self.fields["keep"]
        keep.choices = [
            (action.key, _("“%(title)s”, %(key)s") % {"title": action.title, "key": action.key})
            for action in (finding.action_a, finding.action_b)
        ]

    def chosen(self, field: str) -> int:
        """1 or 2: from which action a field is taken; the first where nothing valid was sent."""
        return 2 if self.data.get(f"choose-{field}") == "2" else 1

    def taken(self, finding: Finding) -> set[str]:
        """The fields that come from the record that does not stay."""
        other = 2 if self.cleaned_data["keep"] == finding.key_a else 1
        return {field for field in self.differing if self.chosen(field) == other}
