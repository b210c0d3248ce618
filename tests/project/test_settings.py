"""What the environment may say, and which settings are refused."""

import os
import stat
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from concord.commands.main import tell_port
from concord.kernel.errors import BadInput
from concord.project import checks, environment, start


def faked(**changed):
    """The settings as shipped, with these changed."""
    names = ("ALLOWED_HOSTS", "DEBUG", "SECRET_KEY", "CACHES", "DATABASES", "SESSION_COOKIE_SECURE")
    return SimpleNamespace(**{name: getattr(settings, name) for name in names} | changed)


def database(engine, **more):
    return {"DATABASES": {"default": {"ENGINE": engine, **more}}}


LOCMEM = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
OPEN_HOSTS = ["localhost", "plans.example.org"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"ALLOWED_HOSTS": OPEN_HOSTS}, "concord.E002"),
        ({"ALLOWED_HOSTS": ["*"], "SESSION_COOKIE_SECURE": True}, "concord.E003"),
        ({"ALLOWED_HOSTS": OPEN_HOSTS, "SESSION_COOKIE_SECURE": True, "DEBUG": True}, "concord.E004"),
        ({"SECRET_KEY": "short"}, "concord.E005"),
        (
            database("django.db.backends.postgresql", HOST="db.example.org", OPTIONS={"sslmode": "prefer"}),
            "concord.E006",
        ),
        (database("concord.project.sqlite", OPTIONS={"transaction_mode": "DEFERRED"}), "concord.E007"),
        (database("django.db.backends.sqlite3"), "concord.E008"),
        ({"CACHES": LOCMEM}, "concord.E009"),
    ],
)
def test_an_unsafe_setting_is_refused(changed, expected):
    assert [error.id for error in checks.unsafe_in(faked(**changed))] == [expected]


@pytest.mark.django_db
def test_a_site_with_an_unsafe_setting_does_not_start(settings):
    settings.SECRET_KEY = "short"

    with pytest.raises(ImproperlyConfigured, match="secret key is too short"):
        start.refuse_unsafe()


def test_the_settings_as_shipped_are_safe():
    assert checks.settings_are_safe() == []


def test_a_postgresql_address_brings_pool_time_limits_and_tls():
    found = environment.postgresql(
        "postgresql://concord:p%40ss@db.example.org:5433/plans?sslrootcert=/ca.pem"
    )

    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "concord",
        "p@ss",
        "db.example.org",
        "5433",
        "plans",
    )
    assert found["CONN_MAX_AGE"] == 0
    options = found["OPTIONS"]
    assert options["pool"]
    assert options["sslmode"] == "require"
    assert options["sslrootcert"] == "/ca.pem"
    for limit in (
        "statement_timeout=30000",
        "lock_timeout=5000",
        "idle_in_transaction_session_timeout=60000",
    ):
        assert limit in options["options"]


def test_a_database_on_this_machine_needs_no_tls():
    assert "sslmode" not in environment.postgresql("postgresql://postgres@127.0.0.1:5432/test")["OPTIONS"]


@pytest.mark.parametrize("address", ["mysql://x/y", "postgresql://host", "plans"])
def test_another_kind_of_database_address_is_refused(address):
    with pytest.raises(BadInput, match="postgresql://"):
        environment.postgresql(address)


def test_mail_goes_to_the_named_server_or_into_the_data_folder(monkeypatch, tmp_path):
    assert environment.mail(tmp_path)["OPTIONS"] == {"file_path": str(tmp_path / "mail")}

    monkeypatch.setenv("CONCORD_MAIL", "smtp://concord:secret@mail.example.org")
    assert environment.mail(tmp_path)["OPTIONS"] == {
        "host": "mail.example.org",
        "port": 587,
        "username": "concord",
        "password": "secret",
        "use_ssl": False,
        "use_tls": True,
    }

    monkeypatch.setenv("CONCORD_MAIL", "mail.example.org")
    with pytest.raises(BadInput, match="smtp://"):
        environment.mail(tmp_path)


def test_links_in_mails_lead_to_the_port_that_is_served(monkeypatch):
    for name in ("CONCORD_ADDRESS", "CONCORD_HOSTS", "CONCORD_HTTPS", "CONCORD_PORT"):
        monkeypatch.setenv(name, "")
    assert environment.site_address() == "http://localhost:8000"

    tell_port(SimpleNamespace(port=8123))
    assert environment.site_address() == "http://localhost:8123"
    monkeypatch.setenv("CONCORD_ADDRESS", "https://plans.example.org/")
    assert environment.site_address() == "https://plans.example.org"

    monkeypatch.setenv("CONCORD_ADDRESS", "")
    monkeypatch.setenv("CONCORD_PORT", "here")
    with pytest.raises(BadInput, match="CONCORD_PORT"):
        environment.site_address()


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    first = environment.secret_key(tmp_path)

    assert environment.secret_key(tmp_path) == first
    assert len(first) > 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_settings_for_https_use_host_cookies_and_hsts(tmp_path):
    shown = settings_in_a_process(
        tmp_path,
        "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_NAME CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS "
        "SECURE_SSL_REDIRECT CSRF_TRUSTED_ORIGINS DEBUG",
        CONCORD_HTTPS="1",
        CONCORD_HOSTS="plans.example.org",
    )

    assert shown == str(
        ["__Host-session", True, "__Host-csrf", True, 31_536_000, True, ["https://plans.example.org"], False]
    )


def test_settings_for_this_machine_use_plain_cookies_and_argon2(tmp_path):
    shown = settings_in_a_process(
        tmp_path, "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_HSTS_SECONDS DEBUG PASSWORD_HASHERS[0]"
    )

    assert shown == str(["session", False, 0, False, "django.contrib.auth.hashers.Argon2PasswordHasher"])


def settings_in_a_process(folder, names, **environ):
    """The values of these settings, read in a process that has only this environment."""
    values = ", ".join(f"settings.{name}" for name in names.split())
    done = subprocess.run(
        [sys.executable, "-c", f"from concord.project import settings; print([{values}])"],
        env={"PATH": os.environ["PATH"], "CONCORD_DATA": str(folder), **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
