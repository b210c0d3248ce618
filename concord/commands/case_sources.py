"""The steps of `concord case` about sources: asking them, entering what they say, and confirming it."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concord.analysis.models import Case
    from concord.analysis.queries import Asked

STEPS = {
    "sources": "how a case stands with its sources",
    "ask": "put a case to all its sources at the same moment",
    "withdraw": "withdraw what its sources are asked, and tell those whom a mail reached",
    "reply": "enter on behalf of a source what it said",
    "confirm": "confirm, once every source could answer: members read the names together",
    "unconfirm": "take the confirmation back",
}


def add_steps(steps: Any) -> None:
    """`sources KEY`, `ask`, `withdraw`, `reply`, `confirm` and `unconfirm`, each with a key and `--json`."""
    for step, said in STEPS.items():
        one = steps.add_parser(step, help=said)
        one.add_argument("key", help="the case's key, as in the list")
        one.add_argument("--json", action="store_true", help="the state as JSON")
        if step == "ask":
            one.add_argument("--until", type=_day, metavar="DATE", help="last day to answer (two weeks)")
            one.add_argument("--text", help="what every source reads, instead of the proposed text")
        if step == "withdraw":
            one.add_argument("--reason", required=True, help="why, in a sentence; the sources are not told")
        if step == "reply":
            one.add_argument("--org", required=True, metavar="NAME", help="the source: name, acronym or key")
            one.add_argument(
                "--says", required=True, help="agreed, different or talk; accept or decline of a synergy"
            )
            one.add_argument("--words", default="", help="in a few words; needed with “different”")


def run_step(options: argparse.Namespace) -> int:
    """Acts as the operator; a key that no case has is wrong use (exit 2)."""
    from concord.accounts.services import operator
    from concord.analysis import services
    from concord.analysis.asking_rules import DAYS_TO_ANSWER
    from concord.analysis.queries import case_with
    from concord.governance.asking import put_to_sources, withdraw_from_sources
    from concord.kernel import clock

    acts: dict[str, Any] = {"by": operator(), "at": clock.now()}
    case = case_with(options.key.upper(), actor=acts["by"])
    if options.step == "ask":
        until = options.until or acts["at"].date() + timedelta(days=DAYS_TO_ANSWER)
        put_to_sources(case, text=options.text, answers_until=until, **acts)
    elif options.step == "withdraw":
        withdraw_from_sources(case, reason=options.reason, **acts)
    elif options.step == "reply":
        source = _source(case, options.org).source
        services.reply(source, says=options.says, words=options.words, way="on-behalf", **acts)
    elif options.step == "confirm":
        services.confirm_findings(case, **acts)
    elif options.step == "unconfirm":
        services.undo_confirmation(case, **acts)
    _tell(_facts(case), as_json=options.json)
    return 0


def _facts(case: Case) -> dict[str, Any]:
    """How the case stands now; a source's words are for those who coordinate, whom the operator is one of."""
    from concord.analysis.queries import asking_state
    from concord.intake.queries.questions import mails_of_question
    from concord.kernel import clock

    state = asking_state(case, on=clock.now().date())
    asking = state.asking
    mails = mails_of_question(asking.key) if asking else {}
    withdrawn_at = asking.ended_at if asking and asking.is_withdrawn else None
    return {
        "case": case.key,
        "standing": state.standing.value,
        "asked_on": asking.at.date().isoformat() if asking else None,
        "answers_until": asking.answers_until.isoformat() if asking else None,
        "takes_replies": state.takes_replies,
        "withdrawn_on": withdrawn_at.date().isoformat() if withdrawn_at else None,
        "withdrawn_reason": asking.withdrawn_reason if asking else "",
        "pairs": [f"{finding.key_a}-{finding.key_b}" for finding in state.findings],
        "sources": [
            {
                "organisation": each.organisation.name,
                "mails": mails[each.organisation.pk].mails if each.organisation.pk in mails else 0,
                "says": each.reply.says if each.reply else None,
                "words": each.reply.words if each.reply else "",
            }
            for each in state.sources
        ],
        "meaning": state.meaning.text,
    }


def _source(case: Case, name: str) -> Asked:
    from concord.analysis.queries import asking_state
    from concord.kernel import clock
    from concord.kernel.errors import NotFound
    from concord.kernel.names import fold

    sources = asking_state(case, on=clock.now().date()).sources
    for each in sources:
        body = each.organisation
        if fold(name) in (fold(body.name), fold(body.acronym), fold(body.key)):
            return each
    known = ", ".join(each.organisation.name for each in sources)
    raise NotFound(
        f"“{name}” was not asked about this case. Asked were: {known}."
        if known
        else "Its sources have not been asked yet: `concord case ask` does."
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day. Write it like 2026-12-05.") from None


def _tell(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    print(f"Case {facts['case']}: {facts['standing']}.")
    if facts["asked_on"]:
        print(f"Asked on {facts['asked_on']}, until {facts['answers_until']}.")
    if facts["withdrawn_on"]:
        print(f"Withdrawn on {facts['withdrawn_on']}: {facts['withdrawn_reason']}")
    by_telephone = "tell it by telephone" if facts["withdrawn_on"] else "ask by telephone"
    for each in facts["sources"]:
        said = each["says"] or "has not replied"
        words = f" ({each['words']})" if each["words"] else ""
        reached = "" if each["mails"] else f"  [no contact with an address: {by_telephone}]"
        print(f"  {each['organisation']}: {said}{words}{reached}")
    if facts["meaning"]:
        print(facts["meaning"])
