"""Serve simulated vendors until interrupted; prints how to connect to them."""

import gc
import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser

from connectors.simulators.certificates import make_certificates
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.defender import DefenderSimulator
from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.simulators.world import World

SIMULATORS: dict[str, Any] = {
    "connectwise": ConnectWiseSimulator,
    "sentinelone": SentinelOneSimulator,
    "defender": DefenderSimulator,
}
Logins = dict[str, dict[str, dict[str, Any]]]


class Command(BaseCommand):
    help = "Serve simulated MSPs over the vendors' protocols until interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=int, default=8900, help="of the first vendor; the others follow (0: any)"
        )
        parser.add_argument(
            "--https", action="store_true", help="serve TLS with a certificate made on the spot"
        )
        parser.add_argument("--tenant-world", action="append", metavar="NAME", help="repeat for several MSPs")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--months", type=float, default=18, help="of history")
        parser.add_argument("--tickets-per-day", type=float, default=22)
        parser.add_argument("--state-dir", type=Path, default=Path("var/simulator"))
        parser.add_argument("--static", action="store_true", help="time stands still")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["tenant_world"] or ["demo"]
        state_dir: Path = options["state_dir"]
        state_dir.mkdir(parents=True, exist_ok=True)
        worlds = {name: self._build(name, number, options) for number, name in enumerate(names)}
        certificates = make_certificates(state_dir) if options["https"] else None
        clock = None if options["static"] else lambda: datetime.now(UTC)
        gc.freeze()  # the worlds stay for good, and full collections over them would stall the pages
        with ExitStack() as running:
            logins: Logins = {}
            for number, (vendor, simulator) in enumerate(SIMULATORS.items()):
                port = options["port"] and options["port"] + number
                served = simulator(worlds, port=port, certificates=certificates, clock=clock)
                running.enter_context(served)
                logins[vendor] = {name: asdict(served.credentials(name)) for name in names}
            # What the MSPs themselves would know of their past, for a demo that tells it.
            _write(
                state_dir / "projects.json", {name: world.truth.projects for name, world in worlds.items()}
            )
            _write(state_dir / "logins.json", logins)
            self._introduce(logins, state_dir if certificates else None)
            self._wait()

    def _build(self, name: str, number: int, options: dict[str, Any]) -> World:
        world = World.build(
            seed=options["seed"] + number,
            now=_first_start(options["state_dir"] / f"{name}.json", options),
            months=options["months"],
            tickets_per_day=options["tickets_per_day"],
        )
        self.stdout.write(
            f"{name}: {len(world.tickets)} tickets, {len(world.time_entries)} time entries, "
            f"{len(world.devices)} devices, {len(world.alerts)} alerts"
        )
        return world

    def _introduce(self, logins: Logins, folder: Path | None) -> None:
        for vendor, accounts in logins.items():
            self.stdout.write(f"{vendor}: enter this in a connection")
            for name, login in accounts.items():
                words = "  ".join(f"{what.replace('_', ' ')} {value}" for what, value in login.items())
                self.stdout.write(f"  {name}: {words}")
        if folder:
            self.stdout.write(f"Trust the certificate authority in {folder / 'ca.pem'}")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()

    def _wait(self) -> None:
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")


def _write(path: Path, told: Any) -> None:
    """For programs that start a simulator: a file that is there is whole, and the logins come when it answers."""
    half_written = path.with_suffix(".new")
    half_written.write_bytes(msgspec.json.encode(told))
    half_written.chmod(0o600)
    half_written.rename(path)


def _first_start(state_file: Path, options: dict[str, Any]) -> datetime:
    """A world started again continues the one it was: same options and same first start, same records."""
    settings = {name: options[name] for name in ("seed", "months", "tickets_per_day")}
    if state_file.exists():
        state = msgspec.json.decode(state_file.read_bytes())
        if state["settings"] == settings:
            return datetime.fromisoformat(state["first_start"])
    now = datetime.now(UTC).replace(microsecond=0)
    state_file.write_bytes(msgspec.json.encode({"settings": settings, "first_start": now}))
    return now
