"""The one place where Concord reads its environment. Everything else asks this module.

| variable | means | default |
|---|---|---|
| CONCORD_DATA | folder of the embedded database, files and keys | var/ in the checkout |
| CONCORD_DATABASE | postgresql://user:password@host:port/name | the embedded SQLite database |
| CONCORD_HOSTS | names the site answers to, comma between them | this machine only |
| CONCORD_HTTPS | 1 where the site is reached by https | 0 |
| CONCORD_PROXIES | how many trusted proxies stand before it | 0 |
| CONCORD_MAIL | smtp://user:password@host:port, smtps://..., console | mails are kept in CONCORD_DATA/mail |
| CONCORD_MAIL_FROM | address that mails come from, where a framework names none | concord@localhost |
| CONCORD_ADDRESS | how links in mails begin, https://plans.example.org | first host, else this machine |
| CONCORD_PORT | port that links to this machine carry; `concord demo` and `serve` set it | 8000 |
| CONCORD_SERVING | 1 in the processes of `concord serve` | 0 |
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from concord.kernel.errors import BadInput

CHECKOUT = Path(__file__).resolve().parents[2]
PORT = 8000
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000; "
    "PRAGMA journal_size_limit=67108864"
)
POSTGRESQL_LIMITS = (
    "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
)


def data_folder() -> Path:
    """CONCORD_DATA, made where it is missing (readable by this account only)."""
    folder = Path(os.environ.get("CONCORD_DATA") or CHECKOUT / "var").expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def is_on(name: str) -> bool:
    """Whether a variable says yes."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def hosts() -> list[str]:
    """The names the site answers to besides this machine's own."""
    return [host.strip() for host in os.environ.get("CONCORD_HOSTS", "").split(",") if host.strip()]


def proxies() -> int:
    """How many trusted proxies stand before the site.

    Raises:
        BadInput: the variable is no whole number from 0 up.
    """
    text = os.environ.get("CONCORD_PROXIES", "").strip() or "0"
    if not text.isdigit():
        raise BadInput(f"CONCORD_PROXIES must be a whole number, not {text!r}.")
    return int(text)


def secret_key(folder: Path) -> str:
    """The key that signs cookies and links: made once per data folder, mode 600, never replaced."""
    path = folder / "secret-key"
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(dir=folder, prefix=".secret-key-")
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(fresh, path)  # two processes at once: the first one's key stays
        except FileExistsError:
            pass
        finally:
            Path(fresh).unlink()
    return path.read_text().strip()


def database(folder: Path) -> dict[str, Any]:
    """Django's settings of the database in use.

    Raises:
        BadInput: CONCORD_DATABASE is no postgresql:// address.
    """
    address = os.environ.get("CONCORD_DATABASE", "").strip()
    return postgresql(address) if address else sqlite(folder / "concord.sqlite3")


def sqlite(path: Path) -> dict[str, Any]:
    """The embedded database in this file, with the settings of docs/adr."""
    return {
        "ENGINE": "concord.project.sqlite",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_INIT},
    }


def postgresql(address: str) -> dict[str, Any]:
    """A PostgreSQL database by its address, with pool, time limits, and TLS unless on this machine.

    Raises:
        BadInput: this is no postgresql:// address with a database name.
    """
    parts = urlsplit(address)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise BadInput("CONCORD_DATABASE must look like postgresql://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    if not is_loopback(parts):
        options.setdefault("sslmode", "require")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
            "options": POSTGRESQL_LIMITS,
            **options,
        },
    }


def is_loopback(parts: SplitResult) -> bool:
    """Whether an address is on this machine (no host means the local socket)."""
    return (parts.hostname or "localhost") in {"localhost", "127.0.0.1", "::1"}


def mail_from() -> str:
    """The address that mails come from where a framework names none of its own."""
    return os.environ.get("CONCORD_MAIL_FROM", "").strip() or "concord@localhost"


def site_address() -> str:
    """What links in mails begin with, without a slash at the end.

    Raises:
        BadInput: CONCORD_ADDRESS is no http:// or https:// address, or CONCORD_PORT no number.
    """
    named = os.environ.get("CONCORD_ADDRESS", "").strip().rstrip("/")
    if named and (urlsplit(named).scheme not in {"http", "https"} or not urlsplit(named).hostname):
        raise BadInput("CONCORD_ADDRESS must look like https://plans.example.org.")
    if named:
        return named
    scheme = "https" if is_on("CONCORD_HTTPS") else "http"
    return f"{scheme}://{hosts()[0]}" if hosts() else f"http://localhost:{_port()}"


def _port() -> str:
    named = os.environ.get("CONCORD_PORT", "").strip() or str(PORT)
    if not named.isdigit():
        raise BadInput("CONCORD_PORT must be a number, the port that Concord is served on.")
    return named


def mail(folder: Path) -> dict[str, Any]:
    """Django's default mailer: CONCORD_MAIL's server, else files in the data folder.

    Raises:
        BadInput: CONCORD_MAIL is no smtp:// or smtps:// address.
    """
    address = os.environ.get("CONCORD_MAIL", "").strip()
    if not address:
        place = folder / "mail"
        place.mkdir(mode=0o700, exist_ok=True)
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(place)},
        }
    if address == "console":  # links stand in what is printed: for trying things out alone
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadInput("CONCORD_MAIL must look like smtp://user:password@host:587.")
    secure = parts.scheme == "smtps"
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or (465 if secure else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": secure,
            "use_tls": not secure and not is_loopback(parts),
        },
    }
