"""Serve simulated vendors until interrupted; prints how to connect to them."""

import gc
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser

from connectors.simulators.certificates import make_certificates
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World


class Command(BaseCommand):
    help = "Serve simulated MSPs over ConnectWise's protocol until interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8900)
        parser.add_argument(
            "--https", action="store_true", help="serve TLS with a certificate made on the spot"
        )
        parser.add_argument(
            "--tenant-world", action="append", metavar="COMPANY_ID", help="repeat for several MSPs"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--months", type=float, default=18, help="of history")
        parser.add_argument("--tickets-per-day", type=float, default=22)
        parser.add_argument("--state-dir", type=Path, default=Path("var/simulator"))
        parser.add_argument("--static", action="store_true", help="time stands still")

    def handle(self, *args: Any, **options: Any) -> None:
        company_ids = options["tenant_world"] or ["demo"]
        state_dir: Path = options["state_dir"]
        state_dir.mkdir(parents=True, exist_ok=True)
        worlds = {
            company_id: self._build(company_id, number, options)
            for number, company_id in enumerate(company_ids)
        }
        simulator = ConnectWiseSimulator(
            worlds,
            port=options["port"],
            certificates=make_certificates(state_dir) if options["https"] else None,
            clock=None if options["static"] else lambda: datetime.now(UTC),
        )
        gc.freeze()  # the worlds stay for good, and full collections over them would stall the pages
        with simulator:
            _write_logins(state_dir / "logins.json", simulator, company_ids)
            self._introduce(simulator, company_ids, state_dir if options["https"] else None)
            self._wait()

    def _build(self, company_id: str, number: int, options: dict[str, Any]) -> World:
        world = World.build(
            seed=options["seed"] + number,
            now=_first_start(options["state_dir"] / f"{company_id}.json", options),
            months=options["months"],
            tickets_per_day=options["tickets_per_day"],
        )
        self.stdout.write(
            f"{company_id}: {len(world.tickets)} tickets, {len(world.time_entries)} time entries"
        )
        return world

    def _introduce(
        self, simulator: ConnectWiseSimulator, company_ids: list[str], folder: Path | None
    ) -> None:
        self.stdout.write(f"ConnectWise simulator on {simulator.url}. Enter this in a connection:")
        for company_id in company_ids:
            login = simulator.credentials(company_id)
            self.stdout.write(
                f"  site {login.site}  company {login.company_id}  public key {login.public_key}"
                f"  private key {login.private_key}  client id {login.client_id}"
            )
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


def _write_logins(path: Path, simulator: ConnectWiseSimulator, company_ids: list[str]) -> None:
    """For programs that start a simulator: appears once it answers."""
    logins = {company_id: asdict(simulator.credentials(company_id)) for company_id in company_ids}
    half_written = path.with_suffix(".new")
    half_written.write_bytes(msgspec.json.encode(logins))
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
