"""A mail that comes back: whose rows it brings, what is kept of it, and what is refused."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.intake.formats.parts import UnreadableFile
from concord.intake.models import Call, Input, ReceivedMail
from concord.intake.services.calls import draft_call, open_call
from concord.intake.services.giving import give_out
from concord.intake.services.mail_in import take_mail
from concord.kernel import clock
from concord.kernel.errors import BadInput, NotPermitted
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import FRAMEWORK

NOW = clock.now()
CSV = b"id,title\nX1,Handed in by mail\n"
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@pytest.fixture
def call(cast: Cast, world: World) -> Call:
    world.record(an_action(1, "Open training"))
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    within = Scope(FRAMEWORK)
    add_contact(organisation=cast.donor_a, within=within, name="F", email="f@example.org", **acts)
    told = {"title": "Update", "message": "", "closes_on": NOW.date() + timedelta(days=9)}
    draft = draft_call(world.plan, organisations=[cast.donor_a, cast.donor_b], **told, **acts)
    return open_call(draft, expected_version=draft.version, **acts)


def a_mail(sender: str, name: str = "back.csv", content: bytes = CSV, kind: Any = ("text", "csv")) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = sender, "Re: Update", "<1@example.org>"
    mail["Date"] = "Mon, 03 Jun 2019 12:00:00 +0000"
    mail.set_content("Here it is.")
    mail.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return mail.as_bytes()


def test_the_sender_says_whose_rows_they_are_and_the_mail_is_kept(cast: Cast, call: Call):
    content = a_mail("Focal Point <F@example.org>")
    taken = take_mail(call, file_name="m.eml", content=content, by=cast.officer, at=NOW)

    received = Input.objects.get()
    assert (received.organisation, received.call, received.file_name) == (cast.donor_a, call, "back.csv")
    assert [receipt.input for receipt in taken.receipts] == [received]
    kept = ReceivedMail.objects.get()
    assert (bytes(kept.content), kept.sender, kept.subject) == (content, "f@example.org", "Re: Update")
    assert list(received.mails.all()) == [kept]


def test_an_unknown_sender_is_a_question_and_nothing_is_kept(cast: Cast, call: Call):
    content = a_mail("stranger@example.org")
    with pytest.raises(BadInput, match="Choose whose rows"):
        take_mail(call, file_name="m.eml", content=content, by=cast.officer, at=NOW)
    assert not ReceivedMail.objects.exists()
    take_mail(call, file_name="m.eml", content=content, organisation=cast.donor_b, by=cast.officer, at=NOW)
    assert Input.objects.get().organisation == cast.donor_b


def test_a_workbook_s_own_key_goes_before_its_sender(cast: Cast, call: Call, world: World):
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    given = give_out(organisation=cast.donor_a, framework=world.framework, plan=world.plan, call=call, **acts)
    content = a_mail("stranger@example.org", given.name, given.content, XLSX)
    with pytest.raises(BadInput, match="was given out to Donor A"):
        take_mail(call, file_name="m.eml", content=content, organisation=cast.donor_b, **acts)
    take_mail(call, file_name="m.eml", content=content, **acts)
    assert Input.objects.get().organisation == cast.donor_a


def test_others_and_what_is_no_mail_are_refused(cast: Cast, call: Call):
    with pytest.raises(NotPermitted):
        take_mail(call, file_name="m.eml", content=a_mail("f@example.org"), by=cast.reporter_a, at=NOW)
    with pytest.raises(UnreadableFile):
        take_mail(call, file_name="m.eml", content=CSV, by=cast.officer, at=NOW)
    assert not Input.objects.exists()
