"""What the mails about calls say. Pure: facts in, subject and plain text out.

A text holds "{link:KEY}" where the link of an invitation or an entry will stand; it is put in at the
moment of sending. Nobody is named, so that erasing a contact leaves no name in a mail that is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SUBJECT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One organisation that is asked in one call, as its letter tells it.

    key: of the invitation. actions: how many of its actions stand in the plan now.
    """

    key: str
    organisation: str
    plan: str
    title: str
    closes_on: date
    works_until: date
    actions: int
    message: str = ""
    secretariat: str = ""
    marking: str = ""
    has_workbook: bool = False


DEFAULT_MESSAGE = (
    "We are bringing the plan up to date. Please tell us how your actions stand: what still holds, "
    "what changed, and what is new."
)


BEHIND_THE_LINK = (
    "There you can confirm that everything stands as it is, change single facts, send a workbook back, "
    "ask a colleague, or say that there is nothing to report."
)
NOT_HEARD_YET = (
    "We have not heard from you yet. A few minutes are enough, and no account is needed; if everything "
    "stands as it is, one click says so."
)
ABOUT_THE_WORKBOOK = (
    "The attached workbook holds the same actions. Change it where something is different, add rows for "
    "what is new, and send it back: through the link, or by replying to this mail."
)


def place_of_link(key: str) -> str:
    """Where the link of this invitation or entry will stand in a text."""
    return f"{{link:{key}}}"


def with_links(text: str, links: dict[str, str]) -> str:
    """The text with its links put in, by the key of what they are for."""
    for key, address in links.items():
        text = text.replace(place_of_link(key), address)
    return text


def invitation(asked: Asked) -> tuple[str, str]:
    """Subject and text of the mail that asks an organisation."""
    subject = f"{asked.title}: please answer by {day(asked.closes_on)}"
    parts = [
        "Dear colleague,",
        asked.message or DEFAULT_MESSAGE,
        _request(asked),
        place_of_link(asked.key),
        BEHIND_THE_LINK,
        *_workbook(asked),
        _about_link(asked.organisation, asked.works_until),
        asked.secretariat,
    ]
    return marked(subject, asked.marking), letter(parts)


def passed_on(asked: Asked) -> tuple[str, str]:
    """Subject and text of the mail to a colleague whom the organisation named."""
    subject = f"{asked.title}: your colleague asks you to answer by {day(asked.closes_on)}"
    parts = [
        "Dear colleague,",
        f"Your colleague at {asked.organisation} named you as the one who knows how its actions stand.",
        _request(asked),
        place_of_link(asked.key),
        _about_link(asked.organisation, asked.works_until),
        "If this is not for you, do nothing, or reply to this mail and your address will be erased.",
        asked.secretariat,
    ]
    return marked(subject, asked.marking), letter(parts)


def reminder(waiting: Sequence[Asked]) -> tuple[str, str]:
    """Subject and text of the one mail that reminds a person of everything that waits for them.

    Args:
        waiting: at least one; the earliest deadline first.
    """
    first = waiting[0]
    if len(waiting) == 1:
        subject = f"Reminder: {first.title}, until {day(first.closes_on)}"
    else:
        subject = f"Reminder: {len(waiting)} answers are waited for, the first until {day(first.closes_on)}"
    parts = [
        "Dear colleague,",
        NOT_HEARD_YET,
        *(
            f"{asked.title}, until {day(asked.closes_on)}\n{_counted(asked)}\n{place_of_link(asked.key)}"
            for asked in waiting
        ),
        "Each link is for the organisation that it names alone. An earlier link works as well.",
        first.secretariat,
    ]
    return subject[:SUBJECT_CHARACTERS], letter(parts)


def receipt(
    *,
    entry: str,
    organisation: str,
    means: str,
    spoken_on: date,
    lines: Sequence[str],
    secretariat: str,
    marking: str = "",
) -> tuple[str, str]:
    """Subject and text of the mail that tells an organisation what was entered on its behalf."""
    subject = f"What we noted for {organisation} on {day(spoken_on)}"
    told = "\n".join(f"- {line}" for line in lines) or "- There is nothing to report."
    parts = [
        "Dear colleague,",
        f"You told us {means} on {day(spoken_on)} how your actions stand. We noted:",
        told,
        "If something is not right, say so here; no account is needed:",
        place_of_link(entry),
        "Until your organisation confirms them itself, these actions are shown as not yet confirmed.",
        secretariat,
    ]
    return marked(subject, marking), letter(parts)


@dataclass(frozen=True, slots=True)
class Question:
    """What one organisation is asked about a case, as its letter tells it.

    key: of the asking. text: what every source reads, the same for all. answers: what can be said, in the
    words of the page. is_offer: a possible synergy, to accept or decline. footnote: what the mark of a
    place's name refers to, where the text names it.
    """

    key: str
    organisation: str
    text: str
    answers: Sequence[str]
    answers_until: date
    works_until: date
    is_offer: bool = False
    secretariat: str = ""
    marking: str = ""
    footnote: str = ""


SAME_FOR_ALL = (
    "Every organisation that reports one of these actions reads this, at the same moment and in the same "
    "words. It is a question, and nobody is blamed."
)
WHAT_BECOMES_OF_IT = (
    "Your answer goes to those who coordinate the plan, and to nobody else. It changes nothing in the plan "
    "by itself. Others read the names together only after all of you could answer and the secretariat has "
    "confirmed it."
)


def question(asked: Question) -> tuple[str, str]:
    """Subject and text of the mail that asks a source about a case."""
    about = "An offer to work together" if asked.is_offer else "A question about your actions and others"
    return _question(asked, f"{about}: please answer by {day(asked.answers_until)}", [SAME_FOR_ALL])


def question_again(asked: Question) -> tuple[str, str]:
    """Subject and text of the one mail that reminds a source of a question that is nearly over."""
    subject = f"Reminder: a question waits for your answer until {day(asked.answers_until)}"
    return _question(asked, subject, ["We asked you this some days ago and have not heard from you."])


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A question that was withdrawn, as its letter tells one organisation.

    actions: the titles of its own, and of nobody else's, that the question was about; empty where something
    of it is not for all members any more.
    """

    organisation: str
    asked_on: date
    actions: Sequence[str]
    replied: bool = False
    is_offer: bool = False
    secretariat: str = ""
    marking: str = ""


def question_withdrawn(told: Withdrawal) -> tuple[str, str]:
    """Subject and text of the one mail that tells a source that nothing is asked of it any more."""
    what = "offer" if told.is_offer else "question"
    asked = f"On {day(told.asked_on)} we wrote to {told.organisation} with "
    asked += "an offer to work together" if told.is_offer else "a question about its actions and others"
    own = "\n".join(f"- “{title}”" for title in told.actions)
    which = f"{asked}. Of yours it was about:\n{own}" if own else f"{asked}."
    parts = [
        "Dear colleague,",
        which,
        (
            f"We have withdrawn this {what}. You need not do anything: its link takes no replies any more, "
            "and nothing follows from it for your actions."
        ),
        "What you told us is kept by those who coordinate the plan; nothing is done because of it."
        if told.replied
        else "",
        "We are sorry for the trouble. If we ask again, you will hear from us in a new mail.",
        told.secretariat,
    ]
    return marked(f"Withdrawn: our {what} of {day(told.asked_on)}", told.marking), letter(parts)


def _question(asked: Question, subject: str, before: list[str]) -> tuple[str, str]:
    can_say = ", ".join(f"“{answer}”" for answer in asked.answers)
    please = (
        f"Please say by {day(asked.answers_until)} what you know: {can_say}. One click is enough, and no "
        "account is needed:"
    )
    about_link = (
        f"The link is for {asked.organisation} alone and works until {day(asked.works_until)}. "
        "Please don't forward it."
    )
    parts = [
        "Dear colleague,",
        *before,
        asked.text,
        please,
        place_of_link(asked.key),
        WHAT_BECOMES_OF_IT,
        about_link,
        asked.secretariat,
        f"* {asked.footnote}" if asked.footnote else "",
    ]
    return marked(subject, asked.marking), letter(parts)


def marked(subject: str, label: str) -> str:
    """A subject with the label of what the mail holds before it; what is public has none."""
    text = " ".join(subject.split())
    return (f"[{label}] {text}" if label else text)[:SUBJECT_CHARACTERS]


def letter(parts: Sequence[str]) -> str:
    """Paragraphs as one plain text."""
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def day(when: date) -> str:
    """A day as a letter writes it: 5 December 2026."""
    return f"{when.day} {when:%B %Y}"


def _counted(asked: Asked) -> str:
    if asked.actions == 0:
        return f"The plan ({asked.plan}) holds no action of {asked.organisation} yet."
    if asked.actions == 1:
        return f"The plan ({asked.plan}) holds one action that {asked.organisation} reports."
    return f"The plan ({asked.plan}) holds {asked.actions} actions that {asked.organisation} reports."


def _request(asked: Asked) -> str:
    until = day(asked.closes_on)
    return f"{_counted(asked)} Please answer by {until}. It takes a few minutes and needs no account:"


def _workbook(asked: Asked) -> list[str]:
    if not asked.has_workbook:
        return []
    return [ABOUT_THE_WORKBOOK]


def _about_link(organisation: str, works_until: date) -> str:
    return (
        f"The link is for {organisation} alone and works until {day(works_until)}. Please don't forward it: "
        "behind it you can have a colleague sent a link of their own."
    )
