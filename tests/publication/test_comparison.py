"""What changed between two texts, told from these texts alone."""

import copy

from concord.publication.comparison import compare
from tests.publication.samples import a_document, an_action, an_edition


def test_the_same_text_has_no_difference():
    assert compare(an_edition(), an_edition(number=2)).is_empty


def test_added_and_changed_are_told_with_their_fields():
    old = a_document([an_action("ACT00001"), an_action("ACT00002")])
    new = a_document(
        [
            an_action("ACT00001", title="Another title", end="2020"),
            an_action("ACT00002"),
            an_action("ACT00003"),
        ]
    )
    found = compare(an_edition(old), an_edition(new, number=2)).actions
    assert [row.key for row in found.added] == ["ACT00003"]
    assert [(change.key, {field.field for field in change.fields}) for change in found.changed] == [
        ("ACT00001", {"title", "end"})
    ]


def test_between_editions_whatever_is_gone_reads_no_longer_public():
    """Withdrawn or restricted: the public texts are the same bytes, so nobody can tell."""
    both = a_document([an_action("ACT00001"), an_action("ACT00002")])
    restricted = a_document([an_action("ACT00001"), an_action("ACT00002", marking="amber")])
    withdrawn = a_document([an_action("ACT00001")])
    for after in (restricted, withdrawn):
        found = compare(an_edition(both), an_edition(after, number=2)).actions
        assert [row.key for row in found.no_longer_public] == ["ACT00002"]
        assert found.withdrawn == ()


def test_between_whole_texts_withdrawn_and_no_longer_public_differ():
    both = a_document([an_action("ACT00001"), an_action("ACT00002")])
    after = a_document([an_action("ACT00001", marking="amber")])
    found = compare(both, after).actions
    assert [row.key for row in found.withdrawn] == ["ACT00002"]
    assert [row.key for row in found.no_longer_public] == ["ACT00001"]


def test_where_a_fact_comes_from_is_no_change_of_the_text():
    old, new = a_document(), copy.deepcopy(a_document())
    new["actions"][0]["facts"] = []
    new["actions"][0]["last_confirmed"] = "2026-01-01"
    assert compare(old, new).is_empty
