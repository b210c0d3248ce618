"""The process in which an e-mail is taken apart, with the limits of `formats.child`.

Run as `python -m concord.intake.formats.mail.child PATH CPU_SECONDS MEMORY_BYTES`; answers with JSON lines.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from concord.intake.formats.child import OUT_OF_MEMORY, lock
from concord.intake.formats.mail.mail import Mail
from concord.intake.formats.mail.parsing import mail_in
from concord.intake.formats.parts import UnreadableFile


def main(arguments: list[str]) -> int:
    """Reads the mail and writes what it holds; 0 also where it is refused, which is said in a line."""
    lock(int(arguments[1]), int(arguments[2]))
    try:
        for said in _said(mail_in(Path(arguments[0]).read_bytes())):
            sys.stdout.write(json.dumps(said) + "\n")
    except UnreadableFile as refusal:
        sys.stdout.write(json.dumps(["refused", refusal.rule, refusal.message, refusal.remedy]) + "\n")
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _said(mail: Mail) -> Iterator[list[str]]:
    sent_at = mail.sent_at.isoformat() if mail.sent_at else ""
    yield ["mail", mail.sender, mail.sender_name, sent_at, mail.subject, mail.message_id]
    for one in mail.attachments:
        yield ["attachment", one.name, base64.b64encode(one.content).decode(), one.format]
    for left in mail.left_out:
        yield ["left out", left.name, left.message, left.remedy]
    yield ["end"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
