"""`concord version`, `concord export` and `concord publish` as an operator uses them."""

import json

import pytest

from concord.commands.main import main
from concord.publication.models import Edition
from concord.publication.queries import bytes_of, file_of
from concord.publication.services import ask_to_publish, confirm_publication
from tests.analysis.world import PLAN, an_action
from tests.factories import NOON
from tests.publication.conftest import Press

pytestmark = pytest.mark.django_db


def test_freeze_list_show_and_diff(press: Press, capsys):
    assert main(["version", "list", "--plan", PLAN]) == 0
    assert "no version yet" in capsys.readouterr().out
    assert main(["version", "freeze", "--plan", PLAN, "--label", "for the Board"]) == 0
    press.world.record(an_action(4, "One more"), an_action(1, "Another title"))
    capsys.readouterr()

    assert main(["version", "diff", "d1", "--plan", PLAN, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["actions"]
    assert [row["title"] for row in found["added"]] == ["One more"]
    assert [row["title"] for row in found["changed"]] == ["Another title"]

    assert main(["version", "show", "d1", "--plan", PLAN, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["ref"], facts["standing"], facts["actions"]) == ("d1", "frozen", 3)
    assert main(["version", "show", "d9", "--plan", PLAN]) == 2


def test_publish_waits_for_two_people_and_says_who_is_missing(press: Press, capsys):
    assert main(["publish", "--plan", PLAN]) == 2
    assert "nobody has asked" in capsys.readouterr().err
    request = ask_to_publish(press.endorsed(), by=press.cast.officer, at=NOON)
    assert main(["publish", "--plan", PLAN]) == 2
    assert "nobody else has confirmed" in capsys.readouterr().err
    assert not Edition.objects.exists()

    confirm_publication(request, by=press.cast.second_officer, at=NOON)
    assert main(["publish", "--plan", PLAN]) == 0
    assert "Published version 1" in capsys.readouterr().out
    assert main(["publish", "--plan", PLAN]) == 2
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("format_name", ["json", "xlsx", "docx"])
def test_export_of_a_version_is_what_the_site_serves(press: Press, client, tmp_path, format_name):
    edition = press.published()
    target = tmp_path / f"out.{format_name}"
    assert main(["export", "--plan", PLAN, "--version", "1", "--format", format_name, "-o", str(target)]) == 0
    served = client.get(f"/plans/{PLAN}/v1/plan.{format_name}").content
    assert target.read_bytes() == served == file_of(edition, format_name)[0]
    assert client.get(f"/plans/{PLAN}/plan.{format_name}").content == served


def test_export_of_the_plan_as_it_stands(press: Press, tmp_path):
    target = tmp_path / "draft.json"
    words = ["export", "--plan", PLAN, "--format", "json", "-o", str(target)]
    assert main(words) == 0
    first = target.read_bytes()
    document = json.loads(first)
    assert document["version"] == {"ref": None, "number": None, "state": "draft", "decision": None}
    assert [action["title"] for action in document["actions"]]
    assert main(words) == 0
    assert target.read_bytes() == first


@pytest.mark.parametrize("version", ["d1", "0", "x", "-1", "²", "9"])
def test_a_draft_or_an_unknown_version_is_wrong_use(press: Press, tmp_path, version):
    press.published()
    target = tmp_path / "out.json"
    assert (
        main(["export", "--plan", PLAN, f"--version={version}", "--format", "json", "-o", str(target)]) == 2
    )
    assert not target.exists()


def test_a_file_that_cannot_be_written_is_named(press: Press, tmp_path, capsys):
    target = tmp_path / "nowhere" / "out.json"
    assert main(["export", "--plan", PLAN, "--format", "json", "-o", str(target)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_unknown_plan_names_those_that_exist(press: Press, capsys):
    assert main(["version", "list", "--plan", "nothing"]) == 2
    assert PLAN in capsys.readouterr().err


def test_the_edition_of_the_command_is_signed_like_any_other(press: Press, capsys):
    press.confirmed()
    assert main(["publish", "--plan", PLAN, "--json"]) == 0
    proof = json.loads(capsys.readouterr().out)
    assert proof["sha256"] == Edition.objects.get().sha256
    assert json.loads(bytes_of(Edition.objects.get()))["edition"]["number"] == 1
