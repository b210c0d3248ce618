"""`concord serve`: serves what is there, with granian's two processes, and a worker for long work."""

import argparse
import os
import socket
import sys
from typing import NoReturn

from concord.commands.main import prepare_django
from concord.commands.worker import start_beside_server
from concord.kernel.errors import ConcordError
from concord.project.environment import PORT

HELP = "serve what is there"
WORKERS = 2
THREADS = 4  # per worker; a page waits for the database, not for the processor
STOP_SECONDS = 10  # for answers under way when the server is stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--port", type=int, default=PORT, help=f"port to listen on (default {PORT})")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default: here only)")


def run(options: argparse.Namespace) -> int:
    """Make database and static files ready, start a worker, then become the server. Does not come back."""
    require_free(options.address, options.port)
    os.environ["CONCORD_SERVING"] = "1"
    prepare_django()
    collect_static()
    start_beside_server()
    host = "localhost" if options.address in {"127.0.0.1", "0.0.0.0", "::"} else options.address  # noqa: S104
    print(f"Concord is at http://{host}:{options.port}/  (Ctrl-C stops it)", flush=True)
    become_server(options.address, options.port)


def serve_from_here(port: int = PORT) -> NoReturn:
    """Turn this process into `concord serve`, for a command that has finished its own work (the demo)."""
    sys.stdout.flush()
    words = [sys.executable, "-m", "concord.commands.main", "serve", "--port", str(port)]
    os.execv(sys.executable, words)  # noqa: S606  (our own interpreter and module)


def require_free(address: str, port: int) -> None:
    """Do nothing where the port can be had.

    Raises:
        ConcordError: something else listens there, or it is no port at all.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as error:
            raise ConcordError(
                f"Cannot listen on {address} port {port} ({error}). Choose another: --port {port + 1}"
            ) from error


def collect_static() -> None:
    """Gather style sheets, scripts and images under hashed names in CONCORD_DATA/static."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def become_server(address: str, port: int) -> NoReturn:
    """Replace this process by granian, which starts its workers from a clean state."""
    words = [sys.executable, "-m", "granian", "concord.project.wsgi:application"]
    words += ["--interface", "wsgi", "--host", address, "--port", str(port), "--no-ws"]
    words += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--respawn-failed-workers"]
    words += ["--workers-kill-timeout", str(STOP_SECONDS), "--log-level", "warning"]
    os.execv(sys.executable, words)  # noqa: S606  (our own interpreter, fixed words)
