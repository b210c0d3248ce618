"""`concord org add`."""

import argparse
import json

import pytest

from concord.accounts.queries import resolve_name
from concord.audit.queries import history_of
from concord.commands import org
from concord.kernel.errors import BadInput


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    org.add_arguments(parser)
    return org.run(parser.parse_args(["add", *words]))


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
