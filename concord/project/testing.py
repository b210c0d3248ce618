"""Settings of the test suite: as in use, in a folder of its own that goes away afterwards.

CONCORD_TEST_DATABASE=postgresql://… runs the suite on PostgreSQL; else it runs on SQLite, in a file,
because live pages and threads need connections of their own.
"""

# ruff: noqa: E402, F403, F405  (a settings module made of another one, after its environment)
import os
import tempfile
from pathlib import Path

FOLDER = Path(os.environ.get("CONCORD_TEST_FOLDER") or "")
if "CONCORD_TEST_FOLDER" not in os.environ:
    memory = Path("/dev/shm")  # noqa: S108  (a full fsync costs nothing there)
    place = memory if os.access(memory, os.W_OK) else None
    FOLDER = Path(tempfile.mkdtemp(prefix="concord-test-", dir=place))
    os.environ["CONCORD_TEST_FOLDER"] = str(FOLDER)  # the workers of pytest-xdist share it
for name in [name for name in os.environ if name.startswith("CONCORD_") and "TEST" not in name]:
    if name != "CONCORD_REQUIRE_BROWSER":
        del os.environ[name]
os.environ["CONCORD_DATA"] = str(FOLDER)
os.environ["CONCORD_DATABASE"] = os.environ.get("CONCORD_TEST_DATABASE", "")

from concord.project.settings import *

if DATABASES["default"]["ENGINE"] == "concord.project.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; the real one has its own test
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns where it is missing
WHITENOISE_USE_FINDERS = False  # live pages get theirs from Django's own handler
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
