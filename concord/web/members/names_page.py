"""Names as written that nobody identified: each with whom it may mean, to be answered one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.queries import read_names, register_with
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.kernel.codelists import ORGANISATION_KINDS
from concord.kernel.names import fold
from concord.plan.queries import UnidentifiedName, answers_of_names, files_of_name, unidentified_names
from concord.web.members.record_lists import sentence_of
from concord.web.members.rows import address_of_action
from concord.web.members.told import ROLE_LABELS

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.accounts.queries import Reading
    from concord.plan.models import NameAnswer
    from concord.web.members.visit import Visit

AT_ONCE = 25  # names on one page: each is read against the whole register
FOUND = 8  # bodies that a search shows beside a name
LATEST = 8  # answers shown for taking back


@dataclass(frozen=True, slots=True)
class Choice:
    """A body that a name may mean, on a button. key: the number key that presses it."""

    value: str
    text: str
    why: str
    key: int


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """One name, with what can be answered. told is what a new body would start from."""

    id: str
    text: str
    about: str
    actions: list[dict[str, str]]
    choices: list[Choice]
    files: list[dict[str, Any]]
    told: dict[str, Any] = field(default_factory=dict)
    searched: str = ""
    found_none: bool = False

    @property
    def keep_key(self) -> int:
        """The number key that keeps the name as written."""
        return min(len(self.choices) + 1, 9)


@dataclass(frozen=True, slots=True)
class NamesPage:
    """What members/names.html shows."""

    names: list[NameQuestion]
    page: Page[Any]
    sentence: str
    may_identify: bool
    answers: list[dict[str, str]]
    kinds: list[tuple[str, str]]
    action: str


def names_page(visit: Visit, query: Mapping[str, str]) -> NamesPage:
    """The names not yet identified, those in most actions first, each with the bodies it may mean."""
    may = visit.powers.can(Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)
    page = Paginator(unidentified_names(visit.person, visit.framework), AT_ONCE).get_page(query.get("page"))
    names: Sequence[UnidentifiedName] = list(page.object_list)
    readings = _readings(names) if may else {}
    searched = " ".join(query.get("q", "").replace("\x00", "").split())[:100]
    return NamesPage(
        names=[
            _question(name, order, readings.get(name.text), searched if query.get("for") == name.text else "")
            for order, name in enumerate(names, page.start_index())
        ],
        page=page,
        sentence=sentence_of(page, _("Names")),
        may_identify=may,
        answers=[_answer(answer) for answer in answers_of_names(visit.person)[:LATEST]] if may else [],
        kinds=[("", _("not known")), *ORGANISATION_KINDS.items()],
        action=reverse("members:name-answer"),
    )


def _readings(names: Sequence[UnidentifiedName]) -> dict[str, Reading]:
    donors = [name.text for name in names if "donor" in name.roles]
    others = [name.text for name in names if "donor" not in name.roles]
    return read_names(donors, source="", kind="donor") | read_names(others, source="")


def _question(name: UnidentifiedName, order: int, reading: Reading | None, searched: str) -> NameQuestion:
    roles = ", ".join(sorted(_role(role) for role in name.roles))
    count = ngettext("In %(n)d action", "In %(n)d actions", name.count) % {"n": name.count}
    actions = [{"text": title, "href": address_of_action(key)} for key, title in name.actions.items()]
    bodies = _bodies(reading) if reading else []
    found = _found(searched) if searched else []
    told = reading.told if reading else None
    files = [file for file in files_of_name(name.text) if file] if reading else []
    here = reading is not None and reading.bare and len(files) == 1
    return NameQuestion(
        id=f"name-{order}",
        text=name.text,
        about=f"{count}: {roles}",
        actions=actions,
        choices=[
            Choice(body.key, body.name, why, number)
            for number, (body, why) in enumerate([*found, *bodies], 1)
        ],
        files=[{"name": file, "chosen": here} for file in files],
        told={
            "name": told.name if told else name.text,
            "acronym": told.acronym if told else "",
            "kind": told.kind if told else "",
            "parent": told.parent.name if told and told.parent else "",
            "beneficiary": told.beneficiary if told else "",
        },
        searched=searched,
        found_none=bool(searched) and not found,
    )


def _role(role: str) -> str:
    return str(ROLE_LABELS[role]).lower() if role in ROLE_LABELS else _("reporter")


def _bodies(reading: Reading) -> list[tuple[Organisation, str]]:
    if reading.organisation is not None:
        return [(reading.organisation, _("the register knows it by this name now"))]
    return reading.near


def _found(words: str) -> list[tuple[Organisation, str]]:
    """Bodies with all the words in one of their names, those that begin with them first."""
    found = register_with(words)
    ranked = sorted(found, key=lambda body: (not fold(body.name).startswith(fold(words)), body.name))
    return [(body, _("found by your words")) for body in ranked[:FOUND]]


def _answer(answer: NameAnswer) -> dict[str, str]:
    body = answer.organisation
    said = (
        _("“%(text)s” is %(body)s") % {"text": answer.text, "body": body.name}
        if body
        else _("“%(text)s” is kept as written: no organisation") % {"text": answer.text}
    )
    where = _(", in %(file)s alone") % {"file": answer.only_in} if answer.only_in else ""
    return {
        "text": said + where,
        "by": answer.answered_by.name,
        "undo": reverse("members:name-undo", args=[answer.key]),
    }
