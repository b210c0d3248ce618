"""docs/public-fields.md, made from the table in rules.py: `python -m concord.publication.fields`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from concord.publication.rules import DERIVED, FIELD_RULES, PUBLIC_ROLES, Audience, FieldRule, Profile

PAGE = Path(__file__).resolve().parents[2] / "docs" / "public-fields.md"

_HEAD = """# What is public, field by field

Made from the table in `concord/publication/rules.py` by `python -m concord.publication.fields`; a test fails
when this page is not current. What stands in no line is not public.

An edition holds only actions and needs marked TLP:CLEAR, and of these what the line and the framework's
profile call public. **five facts** is the safe default: title, donor, implementer, beneficiary and pillar of
an action. **open** has every field that the table calls public. Links to what is not public are dropped; the
organisations named, the matrix of needs and support and the figures are made again from what remains.

Of the participations, `five-facts` keeps {five}, `open` keeps {open}; who receives the work stays with
members.

| field | who may read it | in the document |
|---|---|---|
"""


def page_of_fields() -> str:
    """The whole page."""
    rows = [
        _row(rule) for _model, rules in groupby(FIELD_RULES, key=lambda rule: rule.model) for rule in rules
    ]
    derived = [
        f"| reckoned, no column | {_public(in_five)} | `{path}` |" for path, in_five in DERIVED.items()
    ]
    head = _HEAD.format(five=_roles(Profile.FIVE_FACTS), open=_roles(Profile.OPEN))
    return head + "\n".join([*rows, *derived]) + "\n"


def _row(rule: FieldRule) -> str:
    name = f"`{rule.model}`, all other fields" if rule.field == "*" else f"`{rule.model}.{rule.field}`"
    who = _public(rule.five_facts) if rule.audience is Audience.PUBLIC else str(rule.audience)
    return f"| {name} | {who} | {', '.join(f'`{path}`' for path in rule.paths)} |"


def _public(in_five: bool) -> str:
    return "public: five facts, open" if in_five else "public: open"


def _roles(profile: Profile) -> str:
    return ", ".join(sorted(PUBLIC_ROLES[profile]))


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page_of_fields())
