"""How a file that goes out spells organisations, places and needs, so that each is read as itself again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from concord.accounts.queries import read_donors, resolve_names
from concord.intake.template import Spelling
from concord.kernel.codelists import ACTION_TYPES, TOPICS
from concord.plan.queries import naming_table, organisations_said

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.plan.models import Framework, Need
    from concord.plan.naming import Chosen

SHOWN_OF_A_NEED = 60  # characters of a need's text in a drop-down and in a cell that answers it


def spelling_for(
    values: Iterable[Chosen], framework: Framework, *, needs: Iterable[Need] = (), shorts: bool = True
) -> Spelling:
    """The spelling of one file that holds these values.

    Args:
        needs: those that its reader may see; the others are named by their key alone.
        shorts: places, topics and types by their names, as people read them; False for codes.
    """
    said = organisations_said(values)
    texts = {text for _, text in said} | {body.name for body in said.values()}
    read = {text: body for text, (body, _) in read_donors(texts).items()} | {
        text: body for text, body in resolve_names(texts).items() if body is not None
    }
    names = {named: _name(named[1], body, read) for named, body in said.items()}
    short = {place.code: place.short for place in naming_table(framework)} if shorts else {}
    shown = {need.key: say_need(need.own_id, need.statement, need.key) for need in needs}

    def organisation(as_written: str, key: str | None) -> str:
        return names.get((key, as_written), as_written)

    instruments = {text: found for text, (_, found) in read_donors({*names.values(), *texts}).items()}
    return Spelling(
        organisation=organisation,
        instrument=lambda donor: instruments.get(donor, ""),
        place=lambda code: short.get(code, code),
        need=lambda key: shown.get(key, key),
        topic=(lambda code: TOPICS.get(code, code)) if shorts else _same,
        action_type=(lambda code: ACTION_TYPES.get(code, code)) if shorts else _same,
    )


def _same(code: str) -> str:
    return code


def say_need(own_id: str, statement: str, key: str) -> str:
    """A need in one line: its number, the beginning of its text, and its key behind it."""
    text = " ".join(statement.split()).replace(";", ",")
    short = text if len(text) <= SHOWN_OF_A_NEED else f"{text[: SHOWN_OF_A_NEED - 1].rstrip()}…"
    number = f"{own_id.replace(';', ',')}: " if own_id else ""
    return f"{number}{short} [{key}]"


def _name(as_written: str, organisation: Organisation, read: Mapping[str, Organisation | None]) -> str:
    """The source's own words where they are read as the same organisation in any file, else the
    register's name, with the key behind it where others bear that name too."""
    if as_written and read.get(as_written) == organisation:
        return as_written
    if read.get(organisation.name) == organisation:
        return organisation.name
    return f"{organisation.name} [{organisation.key}]"
