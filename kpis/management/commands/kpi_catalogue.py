"""Write docs/kpis from the definitions."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpis import catalogue

FOLDER = Path(settings.BASE_DIR) / "docs" / "kpis"


class Command(BaseCommand):
    help = "Write docs/kpis, what every figure means, from the definitions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if a page is not current"
        )
        parser.add_argument("--folder", type=Path, default=FOLDER, help="where to, instead of docs/kpis")

    def handle(self, *_: Any, check: bool, folder: Path, **__: Any) -> None:
        if check:
            self._check(folder)
            return
        for path in catalogue.write(folder):
            self.stdout.write(path.name)

    def _check(self, folder: Path) -> None:
        now = {path.name: path.read_text() for path in folder.glob("*.md")}
        pages = catalogue.rendered()
        stale = sorted(name for name in now.keys() | pages.keys() if now.get(name) != pages.get(name))
        if stale:
            raise CommandError(f"Not current: {', '.join(stale)}. Run: manage.py kpi_catalogue")
        self.stdout.write(f"{len(pages)} pages are current.")
