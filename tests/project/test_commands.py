"""The `concord` entry point: what exists, how wrong use is told, how the site is served."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest

from concord.commands import health, main
from concord.kernel.errors import ConcordError

PROGRAM = [sys.executable, "-m", "concord.commands.main"]


def concord(*words, folder, **environ):
    """Run the program as a person would, in its own data folder and outside the tests' settings."""
    return subprocess.run(
        [*PROGRAM, *words],
        env={"PATH": os.environ["PATH"], "CONCORD_DATA": str(folder), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_help_lists_commands_and_needs_no_database(tmp_path):
    done = concord("--help", folder=tmp_path / "none")

    assert done.returncode == 0
    assert {"serve", "health", "manage"} <= set(done.stdout.split())
    assert not (tmp_path / "none").exists()


def test_every_file_here_is_a_command_with_its_three_parts():
    for name, command in main.find_commands().items():
        assert command.HELP, name
        assert command.__doc__, name
        assert callable(command.add_arguments), name
        assert callable(command.run), name


@pytest.mark.parametrize("words", [[], ["no-such-command"], ["serve", "--port", "many"]])
def test_wrong_words_exit_with_2_and_the_usage(tmp_path, words):
    done = concord(*words, folder=tmp_path)

    assert done.returncode == 2
    assert "usage: concord" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_that_a_person_can_mend_is_one_line_and_exit_code_2(monkeypatch, capsys):
    def run(options):
        raise ConcordError("There is no plan wbcsci-1999.")

    monkeypatch.setattr(health, "run", run)

    assert main.main(["health"]) == 2
    assert capsys.readouterr().err == "concord: There is no plan wbcsci-1999.\n"


def test_an_unsafe_setting_stops_a_command_in_one_line(tmp_path):
    done = concord("audit", "verify", folder=tmp_path, CONCORD_HOSTS="plans.example.org")

    assert done.returncode == 2
    assert done.stderr.startswith("concord: The site answers to plans.example.org without https.")
    assert "Traceback" not in done.stderr


def test_a_wrong_database_address_stops_a_command_in_one_line(tmp_path):
    done = concord("audit", "verify", folder=tmp_path, CONCORD_DATABASE="mysql://x/y")

    assert done.returncode == 2
    assert done.stderr.startswith("concord: CONCORD_DATABASE must look like postgresql://")


@pytest.fixture(scope="module")
def first_use(tmp_path_factory):
    """A new data folder, looked at before and after the first command that needs its database."""
    folder = tmp_path_factory.mktemp("first-use")
    return SimpleNamespace(
        folder=folder,
        before=concord("health", "--json", folder=folder),
        command=concord("audit", "verify", folder=folder),
        after=concord("health", "--json", folder=folder),
    )


@pytest.mark.slow
def test_first_use_makes_the_embedded_database_and_health_finds_it_good(first_use):
    assert first_use.before.returncode == 1
    found = json.loads(first_use.before.stdout)["findings"]
    assert any(f["subject"] == "tables" and f["state"] == "bad" for f in found)

    assert first_use.command.returncode == 0, first_use.command.stderr

    assert first_use.after.returncode == 0, first_use.after.stdout
    answer = json.loads(first_use.after.stdout)
    assert answer["ok"] is True
    assert any(f["subject"] == "database" and f["text"].startswith("SQLite 3.") for f in answer["findings"])


@pytest.mark.slow
def test_serve_answers_with_our_headers_and_stops_when_asked(first_use, tmp_path):
    shutil.copytree(first_use.folder, tmp_path, dirs_exist_ok=True)
    port = free_port()
    server = subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(port)],
        env={"PATH": os.environ["PATH"], "CONCORD_DATA": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        page = wait_for(f"http://127.0.0.1:{port}/accounts/login/", server)
        assert page.status == 200
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        taken = concord("serve", "--port", str(port), folder=tmp_path)
        assert taken.returncode == 2
        assert f"Choose another: --port {port + 1}" in taken.stderr
    finally:
        os.killpg(server.pid, signal.SIGINT)  # as Ctrl-C does: to everything in the terminal's group
        out, _ = server.communicate(timeout=30)
    assert server.returncode == 0
    assert f"Concord is at http://localhost:{port}/" in out


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, server):
    """The first answer from an address, waiting up to two minutes for it."""
    for _ in range(600):
        assert server.poll() is None, "the server went away"
        try:
            return urllib.request.urlopen(address, timeout=10)
        except urllib.error.HTTPError as answer:
            return answer
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")
