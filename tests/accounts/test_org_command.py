"""`concord org`: add, list, alias, merge, undo-merge."""

import argparse
import json

import pytest

from concord.accounts.queries import resolve_name
from concord.audit.queries import history_of
from concord.commands import org
from concord.kernel.errors import BadInput, NotFound


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    org.add_arguments(parser)
    return org.run(parser.parse_args(["add", *words]))


def ask(capsys, *words: str):
    """What a step answers as JSON."""
    parser = argparse.ArgumentParser()
    org.add_arguments(parser)
    capsys.readouterr()
    assert org.run(parser.parse_args([*words, "--json"])) == 0
    return json.loads(capsys.readouterr().out)


def test_it_adds_an_organisation_as_the_operator(db, capsys):
    assert run("United Nations Development Programme", "--acronym", "UNDP", "--kind", "ngo") == 0

    added = resolve_name("undp")
    assert capsys.readouterr().out == (
        f"Added United Nations Development Programme (UNDP). Its key is {added.key}.\n"
    )
    assert history_of(added)[0].os_user


def test_it_gives_json(db, capsys):
    run("Škola", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "key": resolve_name("skola").key,
        "name": "Škola",
        "acronym": "",
        "kind": "",
    }


def test_a_name_that_is_known_is_wrong_use(db):
    run("Škola")

    with pytest.raises(BadInput, match="in the register already"):
        run("ŠKOLA")
    with pytest.raises(SystemExit, match="2"):
        run("New", "--kind", "juggler")


def test_it_lists_and_searches(db, capsys):
    run("Donor A", "--acronym", "DA")
    run("Donor B")

    assert [body["name"] for body in ask(capsys, "list")] == ["Donor A", "Donor B"]
    assert [body["acronym"] for body in ask(capsys, "list", "donor", "a")] == ["DA"]


def test_an_alias_makes_a_name_known_everywhere_or_in_one_file(db, capsys):
    run("Donor A")

    assert ask(capsys, "alias", "Donor A", "Donateur A")["actions"] == 0
    ask(capsys, "alias", "Donor A", "Ministry", "--only-in", "a.csv")
    assert resolve_name("donateur a") == resolve_name("Donor A") == resolve_name("Ministry", source="a.csv")
    assert resolve_name("Ministry") is None


def test_two_records_become_one_and_two_again(db, capsys):
    run("Donor A")
    run("Donor A in other words")
    target, merged = resolve_name("Donor A"), resolve_name("Donor A in other words")

    done = ask(capsys, "merge", "Donor A", merged.key, "--reason", "The same")
    assert (done["target"], done["merged"]) == (target.key, merged.key)
    assert resolve_name("Donor A in other words") == target
    ask(capsys, "undo-merge", done["merge"])
    assert resolve_name("Donor A in other words") == merged


def test_an_unknown_name_is_refused_with_near_ones(db, capsys):
    run("Donor Alpha")

    with pytest.raises(NotFound, match="Near it: “Donor Alpha”"):
        ask(capsys, "alias", "Donor Alpah", "X")
    with pytest.raises(NotFound):
        ask(capsys, "undo-merge", "ZZZZZZZZ")
