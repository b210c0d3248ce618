"""Forms about calls: opening one, a longer deadline, settings, and what was told to an officer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.intake.formats.limits import MAIL_BYTES, MEGABYTE
from concord.intake.letters import DEFAULT_MESSAGE
from concord.web.members.calls_page import candidate_words
from concord.web.members.forms import DayInput, LineField, TextField, VersionForm

if TYPE_CHECKING:
    from concord.intake.queries.calls import Candidate

MEANS = (
    ("telephone", gettext_lazy("by telephone")),
    ("visit", gettext_lazy("during a visit")),
    ("meeting", gettext_lazy("in a meeting")),
    ("letter", gettext_lazy("by letter or mail")),
)


class CallForm(forms.Form):
    """A call: what it says, until when, and whom it asks."""

    title = LineField(
        label=gettext_lazy("Title"),
        max_length=150,
        help_text=gettext_lazy("The subject of the mails begins with it."),
    )
    closes_on = forms.DateField(label=gettext_lazy("Deadline (this day included)"), widget=DayInput())
    message = TextField(
        label=gettext_lazy("What you write to them"),
        rows=5,
        max_length=4_000,
        help_text=gettext_lazy(
            "The mail adds how many actions the organisation has, the deadline, its link and your name."
        ),
    )
    organisations = forms.MultipleChoiceField(
        label=gettext_lazy("Whom you ask"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "All that report in this plan. Who has no focal point with an address gets no mail and stays "
            "on the list, to be called."
        ),
    )

    def __init__(self, data: Any, *, offered: Sequence[Candidate], initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"message": DEFAULT_MESSAGE} | initial)
        self.fields["organisations"].choices = [  # type: ignore[attr-defined]
            (each.organisation.key, candidate_words(each)) for each in offered
        ]


class ChangedCallForm(CallForm, VersionForm):
    """The same for a draft that is there."""


class DeadlineForm(VersionForm):
    """A later deadline."""

    closes_on = forms.DateField(label=gettext_lazy("New deadline (this day included)"), widget=DayInput())


class MailInForm(forms.Form):
    """A mail that came back."""

    file = forms.FileField(
        label=gettext_lazy("The mail, saved as .eml"),
        help_text=gettext_lazy("Drag it out of your mail program, or save it there. It is kept as it is."),
    )
    organisation = forms.ChoiceField(
        label=gettext_lazy("Whose rows it brings"),
        required=False,
        help_text=gettext_lazy("The workbook and the sender mostly say it themselves."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, asked: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, files, auto_id="mail_%s")
        said = ("", _("as the workbook or the sender says"))
        self.fields["organisation"].choices = [said, *asked]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """A mail that is small enough."""
        sent = self.cleaned_data["file"]
        if sent.size > MAIL_BYTES:
            most = MAIL_BYTES // MEGABYTE
            raise forms.ValidationError(_("The mail is too large: %(n)d MB are the most.") % {"n": most})
        return sent


class SettingsForm(VersionForm):
    """What a framework sets about calls and confirming."""

    mail_sender = forms.EmailField(
        label=gettext_lazy("The address that mails come from"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "The secretariat’s own mailbox: answers go there. Empty: the installation’s address."
        ),
    )
    confirm_within_months = forms.IntegerField(
        label=gettext_lazy("Months after which an action or need must be confirmed again"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=gettext_lazy(
            "What its source confirmed longer ago, or never, then leaves the figures, visibly, and stays in "
            "the lists. Empty: never."
        ),
    )


class TalkForm(forms.Form):
    """A conversation in which an organisation told an officer how its actions stand."""

    means = forms.ChoiceField(label=gettext_lazy("How"), choices=MEANS)
    contact = forms.ChoiceField(
        label=gettext_lazy("With whom"),
        required=False,
        help_text=gettext_lazy("A focal point with an address gets a receipt, with a link to object."),
    )
    spoken_on = forms.DateField(label=gettext_lazy("On"), widget=DayInput())
    note = TextField(
        label=gettext_lazy("Note"),
        required=False,
        rows=3,
        max_length=4_000,
        help_text=gettext_lazy("For members only. What was said that the fields below don’t hold."),
    )
    nothing = forms.BooleanField(label=gettext_lazy("It has nothing to report"), required=False)

    def __init__(self, data: Any, *, contacts: list[tuple[str, str]], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["contact"].choices = contacts  # type: ignore[attr-defined]


class ReplyForm(VersionForm):
    """What was done about an objection."""

    reply = TextField(label=gettext_lazy("What you did about it"), rows=3, max_length=4_000)
