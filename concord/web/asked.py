"""What a source reads when a case was put to it, and its reply: the same on its desk and behind a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.accounts.rules import Marking
from concord.analysis.asking_rules import SAYINGS, WORDS_CHARACTERS
from concord.analysis.queries import facts_put, footnote_for
from concord.analysis.rules import Saying, Sort
from concord.analysis.verdicts import Verdict
from concord.web.fields import TextField
from concord.web.timebar import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from concord.analysis.models import Reply
    from concord.analysis.queries import PutToYou
    from concord.plan.models import Action, Framework

Shown = dict[str, Any]

TITLES = {
    Sort.OVERLAP: gettext_lazy("Do these belong together?"),
    Sort.DUPLICATE: gettext_lazy("Is this the same work?"),
    Sort.CONTINUATION: gettext_lazy("Does one continue the other?"),
    Sort.SYNERGY: gettext_lazy("Would you work together?"),
}
"""The question over the page, by the sort of the case; it accuses nobody."""

CONSEQUENCES = {
    Saying.AGREED: gettext_lazy("You know of each other and have settled it. Say how, if you like."),
    Saying.DIFFERENT: gettext_lazy("They have nothing to do with each other. Say what is different."),
    Saying.TALK: gettext_lazy("Those who coordinate bring you together."),
    Saying.ACCEPT: gettext_lazy("Those who coordinate bring you together; nothing is settled yet."),
    Saying.DECLINE: gettext_lazy("Nothing happens, and you need not say why."),
}
"""What each reply leads to."""

DONE = {
    "replied": gettext_lazy("Thank you. Those who coordinate the plan read what you said."),
    "taken-back": gettext_lazy("Your reply is taken back. You can say something else."),
}
"""What is said after something was sent; the address carries the word alone."""

WHAT_BECOMES = gettext_lazy(
    "Every source reads the same, since the same moment. What you say goes to those who coordinate the plan "
    "and changes nothing by itself. Others read the names together only after all of you could answer and "
    "the secretariat has confirmed it."
)


class ReplyForm(forms.Form):
    """What a source says. sort: of the case, which decides what can be said."""

    says = forms.ChoiceField(
        error_messages={"required": gettext_lazy("Choose what you want to say.")}, widget=forms.RadioSelect
    )
    words = TextField(
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy("Needed where they are different; else only if you like."),
        required=False,
        rows=3,
        max_length=WORDS_CHARACTERS,
    )

    def __init__(self, data: Any = None, *, sort: str, reply: Reply | None = None) -> None:
        seen = {"says": reply.says, "words": reply.words} if reply else {}
        super().__init__(data, initial=seen)
        choices = [(saying.value, saying.label) for saying in SAYINGS[Sort(sort)]]
        self.fields["says"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> Shown:
        """ "Different" says what is different."""
        cleaned = super().clean() or {}
        if cleaned.get("says") == Saying.DIFFERENT and not cleaned.get("words"):
            self.add_error("words", _("Say in a sentence what is different: nobody here knows your action."))
        return cleaned


@dataclass(frozen=True, slots=True)
class PutPage:
    """What a source reads. blocks: the text as {lines, items}; answers: empty where nothing can be said.

    Of a question that was withdrawn there is only that it was, and what the source had said.
    """

    title: str
    organisation: str
    secretariat: str
    marking: str
    blocks: list[Shown]
    columns: list[Shown]
    facts: list[Shown]
    until: str
    said: str
    answers: list[Shown]
    fields: list[Shown]
    errors: list[str]
    button: str
    ended: str
    done: str
    becomes: str
    footnote: str


def put_page(put: PutToYou, form: ReplyForm | None = None, *, done: str = "") -> PutPage:
    """What one source reads of an asking, and what it said. form: as it came back, with its errors."""
    asking, reply, framework = put.asking, put.source.reply, put.asking.case.framework
    facts = facts_shown(put.actions, framework) if put.actions else []
    text = "" if asking.is_withdrawn else asking.text
    until = _("Please answer by %(day)s.") % {"day": say_day(asking.answers_until)}
    form = form or ReplyForm(sort=put.sort, reply=reply)
    return PutPage(
        title=_("A question that was withdrawn") if asking.is_withdrawn else str(TITLES[Sort(put.sort)]),
        organisation=put.source.organisation.name,
        secretariat=framework.secretariat.name,
        marking=marking_of(put.actions),
        blocks=blocks_of(text),
        columns=columns_of(put.actions),
        facts=facts,
        until="" if asking.is_withdrawn else until,
        said=said_reply(reply) if reply else "",
        answers=answers_of(put.sort, form) if put.takes_replies else [],
        fields=[{"field": form["words"], "needed_by": " ".join(SAYINGS[Sort(put.sort)])}],
        errors=[str(each) for each in form.errors.get("says", [])],
        button=str(_("Say this instead") if reply else _("Send this reply")),
        ended=_said_ended(put),
        done=str(DONE.get(done, "")),
        becomes="" if asking.is_withdrawn else str(WHAT_BECOMES),
        footnote=footnote_of(text, facts, framework) if text else "",
    )


def _said_ended(put: PutToYou) -> str:
    who = {"who": put.asking.case.framework.secretariat.name}
    if put.asking.is_withdrawn and put.asking.ended_at:
        return said_withdrawn(put.asking.ended_at) + " " + _("Write to %(who)s if you have a remark.") % who
    if put.takes_replies:
        return ""
    return (
        _("This question has ended. Nothing more is asked of you; write to %(who)s if you have a remark.")
        % who
    )


def said_withdrawn(when: datetime) -> str:
    """What a source reads of a question that was withdrawn: it names nobody, and gives no reason."""
    return _(
        "This question was withdrawn on %(day)s. You need not do anything, and nothing follows from it for "
        "your actions. We are sorry for the trouble; if you are asked again, you will hear of it anew."
    ) % {"day": say_day(when)}


def answers_of(sort: str, form: ReplyForm) -> list[Shown]:
    """What can be said, each with what it leads to, as components/answer_form.html takes it."""
    return [
        {
            "value": saying.value,
            "label": str(saying.label).capitalize(),
            "consequence": CONSEQUENCES[saying],
            "checked": form["says"].value() == saying.value,
        }
        for saying in SAYINGS[Sort(sort)]
    ]


def columns_of(actions: Sequence[Action]) -> list[Shown]:
    """The heads of the actions side by side. No addresses: behind a link there are none."""
    return [
        {
            "title": action.title,
            "href": "",
            "told_by": _("as %(who)s reports it") % {"who": action.reporting_organisation},
            "n": number if len(actions) > 2 else "",
        }
        for number, action in enumerate(actions, 1)
    ]


def facts_shown(actions: Sequence[Action], framework: Framework) -> list[Shown]:
    """The facts of the actions as components/comparison.html takes them."""
    return [
        {
            "label": fact.label,
            **said_verdict(fact.verdict),
            "values": [{"text": in_words(value) if fact.is_date else value} for value in _once(fact)],
        }
        for fact in facts_put(actions, framework)
    ]


def said_verdict(verdict: Verdict) -> Shown:
    """How comparison.html marks a fact: agreeing is quiet, differing loud, anything else in words."""
    return {
        "agrees": verdict is Verdict.AGREES,
        "once": "" if verdict in (Verdict.AGREES, Verdict.DIFFERS) else str(verdict.label),
    }


def footnote_of(text: str, facts: Sequence[Shown], framework: Framework) -> str:
    """The footnote to a place that the text or one of the facts names, or ""."""
    return footnote_for(framework, [text, *(value["text"] for fact in facts for value in fact["values"])])


def blocks_of(text: str) -> list[Shown]:
    """A plain text in paragraphs; lines that begin with "- " are items below them."""
    found = []
    for block in filter(None, (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))):
        lines = block.split("\n")
        items = [line[2:] for line in lines if line.startswith("- ")]
        found.append({"lines": [line for line in lines if not line.startswith("- ")], "items": items})
    return found


def said_reply(reply: Reply) -> str:
    """What was said, when and in which way: "Already agreed between us (…), on 3 June 2019, on its desk"."""
    said = str(Saying(reply.says).label).capitalize()
    values = {"said": said, "day": say_day(reply.at), "way": reply.get_way_display(), "words": reply.words}
    if reply.words:
        return _("%(said)s: “%(words)s” (%(day)s, %(way)s)") % values
    return _("%(said)s (%(day)s, %(way)s)") % values


def marking_of(actions: Sequence[Action]) -> str:
    """The label of the highest marking among the actions; "" where all are public."""
    order = [marking.value for marking in Marking]
    highest = max((action.marking for action in actions), key=order.index, default=order[0])
    return Marking(highest).label if highest != order[0] else ""


def say_day(when: date | datetime) -> str:
    """A day as people read it."""
    return date_format(when, "j F Y")


def _once(fact: Any) -> Sequence[str]:
    return fact.values[:1] if fact.verdict is Verdict.AGREES else fact.values
