"""Keeps a worker's hold on the tasks it has taken, for as long as it lives and no longer.

The redis:// transport gives a taken task back to the queue once it has been held for the visibility
timeout. A worker that renews its hold lets that timeout be short, however long its tasks are: what a
killed worker held is taken by another within a minute.
"""

from time import time
from typing import Any

from celery import bootsteps
from django.conf import settings


class RenewHold(bootsteps.StartStopStep):
    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        if consumer.connection.transport.driver_type == "redis":
            often = settings.TASK_HELD_FOR_SECONDS / 4
            self.renewals = consumer.timer.call_repeatedly(often, renew, (consumer,))

    def stop(self, consumer: Any) -> None:
        if hasattr(self, "renewals"):
            self.renewals.cancel()


def renew(consumer: Any) -> None:
    """The transport sorts what is held by the moment it was taken: make that moment now."""
    qos = consumer.task_consumer.channel.qos
    held = dict.fromkeys(qos._delivered, time())
    if held:
        with qos.channel.conn_or_acquire() as client:
            client.zadd(qos.unacked_index_key, held, xx=True)
