"""The forms of the coordination pages. They clean; services write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.analysis.rules import NEEDS_REASON, Answer
from concord.analysis.services.casework import LONGEST_NOTE

if TYPE_CHECKING:
    from django.http import QueryDict

    from concord.accounts.models import Person
    from concord.analysis.grouping import Pair
    from concord.analysis.models import Case, Finding

REASON_LENGTH = 2_000


class AnswerForm(forms.Form):
    """What was agreed about a case, or about one of its pairs.

    `read` names the pairs that the page showed, each with its version then: "KEYA-KEYB:3 KEYA-KEYC:1".
    """

    answer = forms.ChoiceField(
        choices=Answer.choices,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    about = forms.ChoiceField(label=gettext_lazy("What this answers"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why, in a sentence"),
        help_text=gettext_lazy("Needed to keep them or to dismiss. Members read it; it is never published."),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    read = forms.RegexField(r"^\w{8}-\w{8}:\d{1,9}( \w{8}-\w{8}:\d{1,9})*$", widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, waiting: Sequence[Finding], chosen: Finding | None
    ) -> None:
        versions = {named(each): each.version for each in waiting}
        about = named(chosen) if chosen and named(chosen) in versions else CASE
        if len(versions) == 1:
            about = next(iter(versions))
        read = " ".join(f"{pair}:{version}" for pair, version in versions.items())
        super().__init__(data, initial={"about": about, "read": read})
        field: Any = self.fields["about"]
        field.choices = _abouts(len(versions), about)
        if len(field.choices) == 1:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """A reason where the answer needs one, and one pair where two records become one."""
        cleaned: dict[str, Any] = super().clean() or {}
        answer = cleaned.get("answer")
        if answer in NEEDS_REASON and not cleaned.get("reason"):
            self.add_error("reason", _("Give the reason: whoever reads this later was not in the room."))
        if answer == Answer.MERGED and cleaned.get("about") == CASE:
            self.add_error("answer", _("Two records are merged at a time: open the pair that is one action."))
        return cleaned

    def pairs(self) -> dict[Pair, int]:
        """The pairs that are answered, with the version at which each was read."""
        told = dict(each.split(":") for each in self.cleaned_data["read"].split())
        about = self.cleaned_data["about"]
        return {(pair[:8], pair[9:]): int(version) for pair, version in told.items() if about in (CASE, pair)}


CASE = "case"


def named(finding: Finding) -> str:
    """A pair as addresses and forms name it."""
    return f"{finding.key_a}-{finding.key_b}"


def _abouts(pairs: int, about: str) -> list[tuple[str, str]]:
    if pairs == 1:
        return [(about, _("this pair"))]
    everything = (CASE, _("the whole case: all %(n)d pairs that wait") % {"n": pairs})
    return [everything] if about == CASE else [(about, _("only the pair that is open above")), everything]


class AssignForm(forms.Form):
    """Who takes a case on. `version` is that of the case when the page was opened."""

    to = forms.ChoiceField(label=gettext_lazy("Who takes it on"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, case: Case, people: Sequence[Person]
    ) -> None:
        taken = case.assigned_to.ref if case.assigned_to else ""
        super().__init__(data, initial={"to": taken, "version": case.version})
        field: Any = self.fields["to"]
        field.choices = [("", _("Nobody yet")), *((person.ref, person.name) for person in people)]


class AssignSeveralForm(forms.Form):
    """Who takes several cases on. Each is named with its version when the page was opened: "KEY:3".

    `all` takes those that `shown` names: every case that the page offered.
    """

    to = forms.ChoiceField(label=gettext_lazy("Who takes them on"), required=False)
    all = forms.BooleanField(required=False)
    shown = forms.RegexField(r"^\w{8}:\d{1,9}( \w{8}:\d{1,9})*$", widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, people: Sequence[Person], shown: Sequence[Case] = ()
    ) -> None:
        super().__init__(data, initial={"shown": " ".join(as_read(case) for case in shown)})
        field: Any = self.fields["to"]
        field.choices = [("", _("Nobody yet")), *((person.ref, person.name) for person in people)]

    def cases(self) -> dict[str, int]:
        """The cases that were chosen among those shown, with the version at which each was read."""
        shown = self.cleaned_data["shown"].split()
        chosen = shown if self.cleaned_data["all"] else set(self.data.getlist("cases"))  # type: ignore[attr-defined]
        return {each[:8]: int(each[9:]) for each in shown if each in chosen}


def as_read(case: Case) -> str:
    """A case and its version, as a form names it."""
    return f"{case.key}:{case.version}"


class NoteForm(forms.Form):
    """What one of those who coordinate tells the others."""

    text = forms.CharField(
        label=gettext_lazy("Add a note"),
        help_text=gettext_lazy("Read by those who coordinate, never by the sources, and never published."),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what the others should know.")},
    )


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
