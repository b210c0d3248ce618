"""E-mails as they are dropped in: who sent them, what they bring, and what is said about the rest."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from concord.intake.arrivals import arrival_of
from concord.intake.files import open_path
from concord.intake.formats.limits import FILE_BYTES, MAIL_BYTES, MAIL_PARTS
from concord.intake.formats.mail import open_mail
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.reading import read_file
from tests.intake import samples
from tests.intake.samples import a_mail

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(50)
CSV = samples.csv_text([samples.GOOD]).encode()


def refused(content: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        open_mail("mail.eml", content)
    assert caught.value.message.endswith((".", ".)"))
    assert caught.value.remedy.endswith(".")
    return caught.value


def test_a_mail_gives_its_sender_its_date_and_the_file_it_brings(tmp_path):
    workbook = samples.xlsx_file(tmp_path, {"A": [["title"]]}).read_bytes()
    sent = a_mail(("Doprinos č.xlsx", workbook), ("list.csv", CSV)).as_bytes()

    mail = open_mail("mail.eml", sent)

    assert (mail.sender, mail.sender_name) == ("ana.zbogar@example.org", "Ana Žbogar")
    assert (mail.subject, mail.message_id) == ("Doprinos za plan č. 3", "abc-1@example.org")
    assert mail.sent_at == datetime(2026, 11, 13, 8, 30, tzinfo=UTC)
    assert [(one.name, one.content, one.format) for one in mail.attachments] == [
        ("Doprinos č.xlsx", workbook, "Excel workbook"),
        ("list.csv", CSV, "CSV"),
    ]
    assert mail.left_out == ()


def test_what_is_attached_and_not_read_is_named_with_its_reason():
    sent = a_mail(("list.csv", CSV), ("scan.pdf", b"%PDF-1.7 x"), ("words.md", b"just words"))

    mail = open_mail("mail.eml", sent.as_bytes())

    assert [one.name for one in mail.attachments] == ["list.csv"]
    assert [one.name for one in mail.left_out] == ["scan.pdf", "words.md"]
    assert "PDF" in mail.left_out[0].message


def test_a_logo_in_the_text_is_no_attachment():
    sent = a_mail(("list.csv", CSV))
    sent.add_attachment(
        PICTURE, maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<1>"
    )

    assert open_mail("mail.eml", sent.as_bytes()).left_out == ()


def test_a_forwarded_message_gives_its_files_under_the_forwarders_name():
    outer = EmailMessage()
    outer["From"] = "officer@example.org"
    outer["To"] = "drop@example.org"
    outer["Subject"] = "Fwd"
    outer.set_content("see below")
    outer.add_attachment(a_mail(("list.csv", CSV)))

    mail = open_mail("fwd.eml", outer.as_bytes())

    assert mail.sender == "officer@example.org"
    assert [one.name for one in mail.attachments] == ["list.csv"]


def test_a_name_never_becomes_a_path():
    sent = a_mail(("../../etc/passwd.csv", CSV), ("C:\\temp\\a.csv", CSV))

    assert [one.name for one in open_mail("m.eml", sent.as_bytes()).attachments] == ["passwd.csv", "a.csv"]


def test_a_mail_without_date_or_id_is_still_opened():
    sent = a_mail(("list.csv", CSV))
    del sent["Date"], sent["Message-ID"]

    mail = open_mail("m.eml", sent.as_bytes())

    assert (mail.sent_at, mail.message_id) == (None, "")


@pytest.mark.parametrize(
    ("sent", "rule", "said"),
    [
        (a_mail(), "nothing-attached", "no attachment"),
        (
            a_mail(("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(20))),
            "nothing-readable-attached",
            "winmail.dat",
        ),
        (a_mail(("scan.pdf", b"%PDF-1.7 x")), "nothing-readable-attached", "scan.pdf"),
        (
            a_mail(("big.csv", b"a,b\n" * (FILE_BYTES // 4 + 1))),
            "nothing-readable-attached",
            "20 MB are the most",
        ),
    ],
    ids=["none", "winmail", "pdf", "too large"],
)
def test_a_mail_without_a_file_that_is_read_says_so(sent, rule, said):
    error = refused(sent.as_bytes())

    assert error.rule == rule
    assert said in error.message


def test_a_message_of_outlook_is_refused_with_the_way_out(tmp_path):
    path = tmp_path / "mail.msg"
    path.write_bytes(samples.ole("__substg1.0_0037001F"))

    assert refused(path.read_bytes()).rule == "no-mail"
    with pytest.raises(UnreadableFile, match=r"\.eml") as caught:
        read_file(path)
    assert caught.value.rule == "outlook-message"


def test_a_mail_given_as_a_table_is_told_apart_from_one(tmp_path):
    path = tmp_path / "mail.csv"
    path.write_bytes(a_mail(("list.csv", CSV)).as_bytes())

    with pytest.raises(UnreadableFile) as caught:
        read_file(path)

    assert caught.value.rule == "mail"


def nested(depth: int) -> bytes:
    lines = ["From: a@example.org", "To: b@example.org", "Subject: x"]
    for number in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{number}"', "", f"--b{number}"]
    return "\r\n".join([*lines, "", "text"]).encode()


HEADERS = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "no-mail"),
        (b"title,end\nx,2019\n", "no-mail"),
        (HEADERS + bytes(MAIL_BYTES), "file-too-large"),
        (nested(3_000), None),
        (
            HEADERS
            + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
            + b"--b\r\n\r\nx\r\n" * (MAIL_PARTS + 2),
            "too-many-parts",
        ),
    ],
    ids=["empty", "table", "too large", "nested", "many parts"],
)
def test_a_mail_that_means_harm_is_refused(content, rule):
    error = refused(content)

    assert rule is None or error.rule == rule


def test_the_command_reads_the_file_that_a_mail_brought(tmp_path):
    path = tmp_path / "reply.eml"
    path.write_bytes(a_mail(("list.csv", CSV), ("scan.pdf", b"%PDF-1.7 x")).as_bytes())

    file, content = open_path(path)

    assert (file.name, content) == ("list.csv", CSV)
    assert [note.rule for note in file.sheets.notes] == ["came-by-mail", "attachment-left-out"]
    assert "ana.zbogar@example.org of 13.11.2026" in file.sheets.notes[0].message


def test_several_files_in_one_mail_are_handed_in_one_by_one():
    with pytest.raises(UnreadableFile, match=r"“a\.csv”, “b\.csv”"):
        arrival_of("m.eml", a_mail(("a.csv", CSV), ("b.csv", CSV)).as_bytes())
