"""What the sources of a case are asked and say: on a source's desk, and for those who coordinate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.analysis.asking_rules import DAYS_TO_ANSWER, LONGEST_REASON, WORDS_CHARACTERS, Standing
from concord.analysis.queries import (
    actions_of,
    asking_state,
    follows_case,
    is_told,
    may_read,
    may_withdraw,
    put_to,
    readiness_of,
    text_for,
)
from concord.analysis.rules import Answer, Sort
from concord.governance.asking import contacts_for
from concord.intake.queries.questions import MailsOf, mails_of_question
from concord.kernel import clock
from concord.kernel.errors import NotFound
from concord.web.asked import (
    TITLES,
    blocks_of,
    columns_of,
    facts_shown,
    footnote_of,
    marking_of,
    said_reply,
    say_day,
)
from concord.web.fields import DayInput, TextField
from concord.web.members.untold import NAMING

if TYPE_CHECKING:
    from datetime import date

    from concord.accounts.models import Organisation
    from concord.analysis.models import Case, Finding
    from concord.analysis.queries import Asked, AskingState, Readiness
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

STANDINGS = {
    Standing.NOT_ASKED: gettext_lazy("Its sources have not been asked yet."),
    Standing.WAITING: gettext_lazy("Asked; not every source has replied."),
    Standing.HEARD: gettext_lazy("Every source could answer. The secretariat can confirm it now."),
    Standing.CONFIRMED: gettext_lazy("Confirmed by the secretariat: it is told with names."),
}
"""How a case stands with its sources, in a sentence."""


class PutForm(forms.Form):
    """The text that all sources read, and until when they can answer."""

    text = TextField(
        label=gettext_lazy("What every source reads"),
        help_text=gettext_lazy("All read the same words. It is a question: say why, and blame nobody."),
        rows=9,
        max_length=WORDS_CHARACTERS * 2,
        error_messages={"required": gettext_lazy("Write what the sources are asked.")},
    )
    answers_until = forms.DateField(
        label=gettext_lazy("They can answer until"),
        help_text=gettext_lazy("Afterwards the secretariat may confirm without those who said nothing."),
        widget=DayInput(),
    )

    def clean_answers_until(self) -> Any:
        """A day to come."""
        day = self.cleaned_data["answers_until"]
        if day <= clock.now().date():
            raise forms.ValidationError(_("Choose a day to come: the sources need time to answer."))
        return day


class WithdrawalForm(forms.Form):
    """Why a question is withdrawn; read: the one that the person had before them."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=8)
    reason = TextField(
        label=gettext_lazy("Why is it withdrawn?"),
        help_text=gettext_lazy("For those who coordinate. The sources are not told why."),
        rows=3,
        max_length=LONGEST_REASON,
        error_messages={
            "required": gettext_lazy("Say in a sentence why, for whoever reads this case later.")
        },
    )


_RECORDED: Final = {
    Answer.JOINED: gettext_lazy("joined: they work together"),
    Answer.PHASED: gettext_lazy("phased: they follow each other"),
    Answer.KEPT: gettext_lazy("kept: all stay as they are, for a reason"),
    Answer.DISMISSED: gettext_lazy("dismissed: they have nothing to do with each other"),
}


class RecordForm(forms.Form):
    """What an officer records because of the replies."""

    answer = forms.ChoiceField(label=gettext_lazy("Record it as"), widget=forms.RadioSelect)
    reason = TextField(label=gettext_lazy("Reason"), rows=3, max_length=WORDS_CHARACTERS)

    def __init__(self, data: Any = None, *, state: AskingState) -> None:
        super().__init__(data, initial={"reason": state.meaning.reason})
        choices = [(answer.value, _RECORDED[answer]) for answer in state.meaning.answers]
        self.fields["answer"].choices = choices  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: what became of the mail, what it said, and what can be done for it."""

    name: str
    mailed: str
    said: str
    enter: str
    take_back: str


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """What members/asked/sources.html shows, and in short members/coordination/_asked.html.

    read: the key of the last asking, "" for none. put, withdraw, record, confirm, undo: where it is sent, ""
    where the person may not, or it can't be done now; not_yet: why it cannot be put to its sources.
    """

    key: str
    title: str
    marking: str
    standing: str
    asked: str
    blocks: list[Shown]
    columns: list[Shown]
    facts: list[Shown]
    lines: list[SourceLine]
    meaning: str
    confirmed: str
    not_yet: str
    sources: list[Shown]
    put: str
    withdraw: str
    again: bool
    read: str
    put_form: PutForm
    record: str
    record_form: RecordForm | None
    versions: list[Shown]
    confirm: str
    undo: str
    href: str
    naming: str
    footnote: str


def sources_page(
    visit: Visit,
    case: Case,
    *,
    on: date,
    put_form: PutForm | None = None,
    record_form: RecordForm | None = None,
) -> SourcesPage:
    """How a case stands with its sources, and what the person can do; forms: as they came back."""
    state = asking_state(case, on=on)
    ready = readiness_of(case, actor=visit.person, on=on)
    findings = state.findings or ready.findings
    actions = actions_of(findings)
    acts = _acts(visit, case, state, ready)
    asked = state.asking
    facts = facts_shown(actions, case.framework) if actions else []
    proposed = _proposed(case, ready, on)
    readable = may_read(state, actor=visit.person)
    offer = state.meaning.answers and acts["record"] and readable
    return SourcesPage(
        key=case.key,
        title=str(TITLES[Sort(case.sort)]),
        marking=marking_of(actions),
        standing=_said_standing(state),
        asked=said_asked(state),
        blocks=blocks_of(asked.text) if asked and readable else [],
        columns=columns_of(actions),
        facts=facts,
        lines=_lines(visit, case, state) if readable else [],
        meaning=state.meaning.text if readable else "",
        confirmed=_said_confirmed(state.findings),
        not_yet=ready.why_not,
        sources=_reachable(visit, ready, on),
        put=acts["put"],
        withdraw=_withdraw(visit, case, state),
        again=asked is not None and not asked.is_withdrawn,
        read=asked.key if asked else "",
        put_form=put_form or PutForm(initial=proposed),
        record=acts["record"] if offer else "",
        record_form=(record_form or RecordForm(state=state)) if offer else None,
        versions=[{"key": f"{f.key_a}-{f.key_b}", "version": f.version} for f in _waiting_of(ready, state)],
        confirm=acts["confirm"],
        undo=acts["undo"],
        href=reverse("members:sources", args=[case.key]),
        naming=str(NAMING),
        footnote=footnote_of(asked.text if asked and readable else proposed["text"], facts, case.framework),
    )


@dataclass(frozen=True, slots=True)
class AskedBox:
    """What the page of a case says of its sources: for those who coordinate how they stand, for a source
    that it was asked. lines: empty for a source. withdraw: where the question is withdrawn, "" where the
    person may not, or it can't be."""

    standing: str
    asked: str
    lines: list[SourceLine]
    meaning: str
    href: str
    link: str
    withdraw: str = ""


def asked_box(visit: Visit, case: Case, *, on: date) -> AskedBox | None:
    """In short how a case stands with its sources; None for members who are neither."""
    if follows_case(visit.person, case):
        state = asking_state(case, on=on)
        mails = mails_of_question(state.asking.key) if state.asking else {}
        readable = may_read(state, actor=visit.person)
        return AskedBox(
            standing=_said_standing(state),
            asked=said_asked(state),
            lines=[
                _line(each, case, mails.get(each.organisation.pk), enters=False)
                for each in (state.sources if readable else ())
            ],
            meaning=state.meaning.text if readable else "",
            href=reverse("members:sources", args=[case.key]),
            link=str(_TO_SOURCES[state.standing]),
            withdraw=_withdraw(visit, case, state),
        )
    running = asking_state(case, on=on).asking
    try:
        put = put_to(running.key, actor=visit.person, on=on)[0] if running else None
    except NotFound:
        put = None
    if put is None:
        return None
    return AskedBox(
        standing=_("Your organisation was asked about this. The question was withdrawn.")
        if put.asking.is_withdrawn
        else _("Your organisation was asked about this."),
        asked="",
        lines=[],
        meaning=_("You said: %(said)s") % {"said": said_reply(put.source.reply)} if put.source.reply else "",
        href=reverse("members:asked", args=[put.asking.key]),
        link=_("Read it")
        if put.asking.is_withdrawn
        else _("Look at your reply")
        if put.source.reply
        else _("Read it and reply"),
    )


_TO_SOURCES = {
    Standing.NOT_ASKED: gettext_lazy("Put it to its sources"),
    Standing.WAITING: gettext_lazy("See what was asked, enter what a source told you"),
    Standing.HEARD: gettext_lazy("See what they say, record it, confirm it"),
    Standing.CONFIRMED: gettext_lazy("See what they say"),
}


def _acts(visit: Visit, case: Case, state: AskingState, ready: Readiness) -> dict[str, str]:
    """Where each act is sent, as far as the person may and it can be done; the services ask again."""
    coordinates = follows_case(visit.person, case) and visit.may(Permission.ASSESS_FINDING)
    coordinates = coordinates or any(
        visit.may_on(Permission.ASSESS_FINDING, action) for action in actions_of(ready.findings)
    )
    confirms = visit.may(Permission.CONFIRM_FINDING, case.framework)
    may = {
        "put": coordinates and not ready.why_not and state.standing is not Standing.CONFIRMED,
        "record": coordinates and bool(ready.findings),
        "confirm": confirms and state.standing is Standing.HEARD,
        "undo": confirms and is_told(case),
    }
    return {
        name: reverse(f"members:sources-{name}", args=[case.key]) if allowed else ""
        for name, allowed in may.items()
    }


def _withdraw(visit: Visit, case: Case, state: AskingState) -> str:
    allowed = may_withdraw(state, actor=visit.person)
    return reverse("members:sources-withdraw", args=[case.key]) if allowed else ""


def _waiting_of(ready: Readiness, state: AskingState) -> list[Finding]:
    """What an answer would be recorded for: the pairs that were asked about and still wait."""
    asked = {finding.pk for finding in state.findings}
    return [finding for finding in ready.findings if finding.pk in asked]


def _lines(visit: Visit, case: Case, state: AskingState) -> list[SourceLine]:
    mails = mails_of_question(state.asking.key) if state.asking else {}
    enters = state.takes_replies and all(
        visit.may_on(Permission.ENTER_ON_BEHALF, action) for action in actions_of(state.findings)
    )
    return [_line(each, case, mails.get(each.organisation.pk), enters=enters) for each in state.sources]


def _line(each: Asked, case: Case, mails: MailsOf | None, *, enters: bool) -> SourceLine:
    where = [case.key, each.organisation.key]
    return SourceLine(
        name=each.organisation.name,
        mailed=_said_mail(mails),
        said=said_reply(each.reply) if each.reply else "",
        enter=reverse("members:sources-reply", args=where) if enters else "",
        take_back=reverse("members:sources-back", args=where) if enters and each.reply else "",
    )


def _said_mail(mails: MailsOf | None) -> str:
    if mails is None:
        return _("No mail: no contact with an address is known. Ask it by telephone.")
    if mails.failure:
        return _("The mail could not be sent: %(why)s") % {"why": mails.failure}
    if mails.sent_at is None:
        return _("The mail is on its way.")
    return _("Mail sent on %(day)s.") % {"day": say_day(mails.sent_at)}


def _said_standing(state: AskingState) -> str:
    if state.asking and state.asking.is_withdrawn and state.standing is Standing.NOT_ASKED:
        return _("The question was withdrawn: its sources are not asked now.")
    return str(STANDINGS[state.standing])


def said_asked(state: AskingState) -> str:
    """When a case was put to its sources, by whom, until when, and what became of it; "" if it was not."""
    if state.asking is None:
        return ""
    values = {
        "day": say_day(state.asking.at),
        "person": state.asking.by.name,
        "until": say_day(state.asking.answers_until),
    }
    asking = state.asking
    if asking.withdrawn_by and asking.ended_at:
        ended = {"ended": say_day(asking.ended_at), "who": asking.withdrawn_by.name}
        return _("Asked on %(day)s by %(person)s. Withdrawn on %(ended)s by %(who)s, because: %(reason)s") % (
            values | ended | {"reason": asking.withdrawn_reason}
        )
    if not state.takes_replies:
        return _("Asked on %(day)s by %(person)s, until %(until)s. The question has ended.") % values
    return _("Asked on %(day)s by %(person)s, all at the same moment, until %(until)s.") % values


def _said_confirmed(findings: Sequence[Finding]) -> str:
    first = next((finding for finding in findings if finding.confirmed_at and finding.confirmed_by), None)
    if first is None or first.confirmed_at is None:
        return ""
    values = {"person": str(first.confirmed_by), "day": say_day(first.confirmed_at)}
    return _("Confirmed by %(person)s on %(day)s.") % values


def _reachable(visit: Visit, ready: Readiness, on: date) -> list[Shown]:
    """Who would be asked, and whether a mail reaches them; add: where a contact is added if it does not."""
    actions = actions_of(ready.findings)
    may_add = visit.powers.can(Permission.MANAGE_ORGANISATIONS, within=Scope(visit.framework.ref))
    told = [{"name": body.name, **_contacts(body, actions, on)} for body in ready.sources]
    return told if may_add else [each | {"add": ""} for each in told]


def _contacts(body: Organisation, actions: Sequence[Any], on: date) -> Shown:
    found = contacts_for(actions, body, on=on)
    reached = [contact.name for contact in found if contact.email]
    if reached:
        return {"note": _("by mail to %(names)s") % {"names": ", ".join(reached)}}
    add = f"{reverse('members:contact-new')}?organisation={body.key}"
    phones = [f"{contact.name} {contact.phone}".strip() for contact in found if contact.phone]
    if phones:
        return {"note": _("no address; by telephone: %(phones)s") % {"phones": ", ".join(phones)}, "add": add}
    return {"note": _("no contact is known: ask it by telephone and enter what it says"), "add": add}


def _proposed(case: Case, ready: Readiness, on: date) -> Shown:
    text = text_for(case, ready.findings) if ready.sources else ""
    return {"text": text, "answers_until": on + timedelta(days=DAYS_TO_ANSWER)}
