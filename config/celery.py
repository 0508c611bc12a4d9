"""The Celery application. Tasks live in each app's tasks.py, the schedule in schedule.py."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler
from celery.signals import beat_init, worker_init
from django.core.management import call_command

from config import embedded, held_tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("deskmetry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ["config.schedule"]
app.autodiscover_tasks(["connectors", "kpis", "insights", "insights.topics", "insights.asking"])
app.steps["consumer"].add(held_tasks.RenewHold)


class Scheduler(PersistentScheduler):
    """Remembers what ran when in a folder that need not be there yet."""

    def setup_schedule(self) -> None:
        Path(self.schedule_filename).parent.mkdir(parents=True, exist_ok=True)  # type: ignore[attr-defined]
        super().setup_schedule()


@worker_init.connect
@beat_init.connect
def prepare(**_: Any) -> None:
    embedded.attach_unless_configured()
    call_command("check", databases=["default"])
