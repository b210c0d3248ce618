"""What tests of pages behind a mailed link share: its address, somebody who opened it, what is read there."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client

PAGE = "/answer/"


def address() -> str:
    """The path of the link in the last mail."""
    (path,) = re.findall(r"(/answer/[\w-]+/)", mail.outbox[-1].body)
    return str(path)


def opened() -> Client:
    """The browser of somebody who opened the link in the last mail."""
    client = Client()
    assert client.post(address()).status_code == 302
    return client


def text_of(client: Client, path: str = PAGE) -> str:
    """What a page there says; it must answer with 200."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()
