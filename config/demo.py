"""`make demo`: the whole product on this machine, with two simulated MSPs, until Ctrl-C.

Everything is started as production would start it, only with embedded servers and simulated vendors.
"""

import argparse
import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from config import embedded
from config.processes import Crew

VAR = embedded.var_dir()
LOCK = VAR / "demo.lock"
HANDOUT = VAR / "demo.json"
WEB_PORT, SIMULATOR_PORT = 8000, 8900
WEB_PATIENCE_SECONDS = 60


class Stop(Exception):
    """Somebody asked us to end."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="forget the demo's data")
    arguments = parser.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        lock = embedded.locked(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"A demo is already running{_where()}. Stop it first (Ctrl-C where it runs).", file=sys.stderr)
        return 1
    try:
        return reset() if arguments.reset else run()
    except embedded.EmbeddedError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        os.close(lock)


def reset() -> int:
    """Only what the demo made; other things under var/ are left alone."""
    for server in (embedded.postgres(), embedded.broker()):
        embedded.release(server)
        shutil.rmtree(server.data.resolve(), ignore_errors=True)
        server.data.unlink(missing_ok=True)
    shutil.rmtree(VAR / "simulator", ignore_errors=True)
    for name in ("demo.json", "secrets.json", "celerybeat-schedule"):
        (VAR / name).unlink(missing_ok=True)
    print("The demo's data is gone; `make demo` starts over.")
    return 0


def run() -> int:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _stop)
    servers = (embedded.postgres(), embedded.broker())
    crew = Crew(VAR)
    try:
        embedded.die_with_parent()
        for server in servers:
            embedded.attach(server)
        _serve(crew)
    except Stop:
        print("\nStopping ...", flush=True)
    finally:
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.SIG_IGN)
        crew.stop()
        _disconnect()
        for server in servers:
            embedded.release(server)
    return 0


def _serve(crew: Crew) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from config import demo_data

    web_port, simulator_port = (
        _free_port(WEB_PORT),
        _free_port(SIMULATOR_PORT, in_a_row=len(demo_data.VENDORS)),
    )
    crew.start("simulator", *demo_data.simulator_command(simulator_port))
    msps = demo_data.provision(_handed_out())
    crew.start("web", *_web_command(web_port))
    logins = demo_data.connect(msps)
    handout = demo_data.handout(msps, logins, web_port)
    _write_private(HANDOUT, handout)
    demo_data.fill(msps)
    celery = (sys.executable, "-m", "celery", "-A", "config", "--quiet")
    crew.start("worker", *celery, "worker", "--concurrency=2", "--loglevel=WARNING")
    crew.start("scheduler", *celery, "beat", "--loglevel=WARNING")
    _wait_for_web(web_port)
    print(demo_data.introduction(handout), flush=True)
    crew.watch()


def _web_command(port: int) -> list[str]:
    return [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"),
        *("--workers", "1", "--blocking-threads", "4", "config.wsgi:application"),
    ]


def _wait_for_web(port: int) -> None:
    deadline = time.monotonic() + WEB_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise embedded.EmbeddedError("The web server did not start; var/web.log says why.")


def _free_port(first: int, in_a_row: int = 1) -> int:
    for port in range(first, first + 100):
        if all(_is_free(each) for each in range(port, port + in_a_row)):
            return port
    raise embedded.EmbeddedError(f"No free port between {first} and {first + 99} on 127.0.0.1.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _write_private(path: Path, content: dict[str, Any]) -> None:
    half_written = path.with_suffix(".new")
    half_written.unlink(missing_ok=True)
    descriptor = os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
    half_written.rename(path)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stop


def _disconnect() -> None:
    if "django" in sys.modules:
        from django.db import connections

        connections.close_all()


def _handed_out() -> dict[str, Any]:
    try:
        return dict(json.loads(HANDOUT.read_text()))
    except (OSError, ValueError):
        return {}


def _where() -> str:
    url = _handed_out().get("url")
    return f" at {url}" if url else ""


if __name__ == "__main__":
    sys.exit(main())
