"""One byte changed anywhere in what was published is found, offline, and named."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from concord.commands.main import main
from concord.kernel.canonical import canonical_bytes, sha256_hex
from concord.plan.models import PlanVersion
from concord.publication import signing
from concord.publication.models import Edition, EditionFile
from concord.publication.queries import bytes_of, proof_of
from concord.publication.verification import verify
from tests.analysis.world import PLAN, an_action
from tests.publication.conftest import Press

pytestmark = pytest.mark.django_db


def tamper(model, pk, **values):
    """Changes a row as somebody with the database's password would."""
    from django.db import connection

    columns = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {columns} WHERE id = %s", [*values.values(), pk])


@pytest.fixture
def chain(press: Press) -> list[Edition]:
    """Three editions of one plan."""
    made = [press.published()]
    for row in (4, 5):
        press.world.record(an_action(row, f"Action {row}"))
        made.append(press.published())
    return made


def whys(press: Press) -> list[str]:
    return [f"{problem.what}: {problem.why}" for problem in verify(press.world.plan).problems]


def test_what_was_published_holds(press: Press, chain):
    result = verify(press.world.plan, since=chain[1].sha256)
    assert result.ok
    assert (result.versions, result.editions, result.head) == (3, 3, chain[-1].sha256)


def test_one_byte_changed_in_an_edition_is_named(press: Press, chain, capsys):
    whole = bytes_of(chain[1])
    for place in (0, 100, len(whole) // 2, len(whole) - 1):
        content = bytearray(whole)
        content[place] ^= 1
        tamper(Edition, chain[1].pk, document=bytes(content))

        assert main(["version", "verify", "--plan", PLAN]) == 1
        said = capsys.readouterr().out
        assert f"edition 2 of {PLAN}" in said
        assert "Its bytes were changed" in said


def test_a_changed_number_with_a_new_hash_and_signature_breaks_the_next_link(press: Press, chain):
    document = json.loads(bytes_of(chain[0]))
    document["actions"][0]["title"] = "Something else"
    content = canonical_bytes(document)
    signature, key = signing.sign(content)
    tamper(
        Edition,
        chain[0].pk,
        document=content,
        sha256=sha256_hex(content),
        signature=signature,
        public_key=key,
    )
    assert any("edition 2" in why and "does not follow" in why for why in whys(press))


def test_a_foreign_key_is_found(press: Press, chain):
    content = bytes_of(chain[2])
    foreign = Ed25519PrivateKey.generate()
    tamper(
        Edition,
        chain[2].pk,
        signature=foreign.sign(content).hex(),
        public_key=foreign.public_key().public_bytes_raw().hex(),
    )
    assert whys(press) == [f"edition 3 of {PLAN}: It was signed with a key that is not this installation's."]


def test_a_removed_edition_is_found(press: Press, chain):
    EditionFile.objects.filter(edition=chain[1])._raw_delete("default")
    chain[1].actions.all().delete()
    chain[1].needs.all().delete()
    Edition.objects.filter(pk=chain[1].pk)._raw_delete("default")
    found = whys(press)
    assert any("number 2 is missing" in why for why in found)
    assert any("version 2: It bears a number, but its edition is missing" in why for why in found)


def test_swapped_editions_are_found(press: Press, chain):
    one, other = bytes_of(chain[1]), bytes_of(chain[2])
    tamper(Edition, chain[1].pk, document=other)
    tamper(Edition, chain[2].pk, document=one)
    assert len([why for why in whys(press) if "speak of another plan, number" in why]) == 2


def test_an_exchanged_internal_version_is_found(press: Press, chain):
    PlanVersion.objects.filter(pk=chain[0].version_id).update(document=b"{}")
    assert any(why.startswith("version 1: ") for why in whys(press))


def test_a_changed_file_is_found(press: Press, chain):
    tamper(EditionFile, chain[0].files.get(format="docx").pk, content=b"x")
    assert whys(press) == [f"edition 1 of {PLAN}: Its docx file was changed."]


def test_a_fork_is_found_by_whoever_kept_a_head(press: Press, chain, capsys):
    assert main(["version", "verify", "--plan", PLAN, "--since", chain[0].sha256]) == 0
    assert main(["version", "verify", "--plan", PLAN, "--since", "0" * 64]) == 1
    assert "fork" in capsys.readouterr().out


def test_the_proof_can_be_checked_with_other_tools(press: Press, chain):
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    proof = proof_of(chain[1])
    load_pem_public_key(proof["public_key_pem"].encode()).verify(
        bytes.fromhex(proof["signature"]), bytes_of(chain[1])
    )
    assert proof["sha256"] == sha256_hex(bytes_of(chain[1]))
    assert proof["previous_sha256"] == sha256_hex(bytes_of(chain[0]))


def test_the_key_is_readable_by_its_owner_alone(press: Press, chain):
    path = Path(settings.DATA) / "keys" / "edition-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_retired_key_still_counts(press: Press, chain):
    retired = Path(settings.DATA) / "keys" / signing.RETIRED_FILE
    foreign = Ed25519PrivateKey.generate()
    key = foreign.public_key().public_bytes_raw().hex()
    tamper(Edition, chain[2].pk, signature=foreign.sign(bytes_of(chain[2])).hex(), public_key=key)
    retired.write_text(f"{key}\n")
    try:
        assert verify(press.world.plan).ok
    finally:
        retired.unlink()
