"""The table of what is public: complete, narrow by default, and the same as its page in the docs."""

from pathlib import Path

import pytest
from django.apps import apps

from concord.kernel.errors import IllegalMove
from concord.publication.fields import page_of_fields
from concord.publication.rules import (
    DERIVED,
    FIELD_RULES,
    MOVES,
    Audience,
    Profile,
    RequestMove,
    RequestState,
    next_state,
    public_paths,
    require_second_person,
    rule_for,
)
from tests.publication.samples import a_document

ROOMS = ("plan", "accounts", "governance", "publication", "intake", "analysis", "audit", "work")
PAGE = Path(__file__).parents[2] / "docs/public-fields.md"


def own_models():
    """Every model of every room."""
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def test_somebody_decided_about_every_field_of_every_model():
    undecided = [
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if rule_for(f"{model._meta.app_label}.{model.__name__}", field.name) is None
    ]
    assert undecided == []


def test_the_table_names_no_model_or_field_that_is_not_there():
    names = {
        f"{model._meta.app_label}.{model.__name__}": {field.name for field in model._meta.get_fields()}
        for model in own_models()
    }
    unknown = [
        f"{rule.model}.{rule.field}"
        for rule in FIELD_RULES
        if rule.model not in names or (rule.field != "*" and rule.field not in names[rule.model])
    ]
    assert unknown == []


def test_every_place_in_a_document_stands_in_the_table():
    decided = {path for rule in FIELD_RULES for path in rule.paths} | set(DERIVED)
    above = {path.rsplit(".", n)[0] for path in decided for n in range(1, path.count(".") + 1)}

    def places(value, at):
        if isinstance(value, dict) and at not in decided:
            return [
                place for name, inner in value.items() for place in places(inner, f"{at}.{name}".lstrip("."))
            ]
        if isinstance(value, list) and at not in decided:
            return [place for inner in value for place in places(inner, at)]
        return [at]

    assert set(places(a_document(), "")) - decided - above == set()


def test_five_facts_are_fewer_than_open():
    assert public_paths(Profile.FIVE_FACTS) < public_paths(Profile.OPEN)
    assert "actions.title" in public_paths(Profile.FIVE_FACTS)
    assert "actions.summary" not in public_paths(Profile.FIVE_FACTS)


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("plan.Action", "notes"),
        ("plan.Need", "notes"),
        ("accounts.Person", "name"),
        ("accounts.Contact", "email"),
        ("analysis.Finding", "score"),
        ("governance.Comment", "text"),
        ("audit.Event", "facts"),
    ],
)
def test_what_is_never_public(model, field):
    rule = rule_for(model, field)
    assert rule is not None
    assert rule.audience is Audience.NEVER


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("move", list(RequestMove))
def test_every_pair_of_state_and_move_is_decided(state, move):
    if (state, move) in MOVES:
        assert next_state(state, move) is MOVES[(state, move)]
    else:
        with pytest.raises(IllegalMove):
            next_state(state, move)


def test_one_person_is_not_two():
    require_second_person(1, 2)
    with pytest.raises(IllegalMove, match="second person"):
        require_second_person(1, 1)


def test_the_page_in_the_docs_is_current():
    assert PAGE.read_text() == page_of_fields(), "run: python -m concord.publication.fields"
