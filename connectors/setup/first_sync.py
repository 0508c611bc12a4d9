"""How far the first sync of a connection is: per list how many records, how fast, and about how long still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base import Stream
from connectors.models import Connection, SyncRun
from connectors.registry import connectors
from connectors.setup.memory import SUSPICIOUS
from connectors.setup.steps import State
from connectors.turns import is_running

Status = SyncRun.Status
# Whose name does not make words by itself.
NAMES = {"slas": gettext_lazy("SLAs"), "star_alerts": gettext_lazy("Alerts of your own rules (STAR)")}


@dataclass(frozen=True)
class Line:
    """One list of the vendor. What hangs on other records is counted by those: their parts come with them."""

    run: SyncRun
    has_parents: bool

    @property
    def name(self) -> str:
        return str(NAMES.get(self.run.stream) or _(self.run.stream.replace("_", " ").capitalize()))

    @property
    def done(self) -> int:
        return self.run.pages if self.has_parents else self.run.rows_seen

    @property
    def seconds(self) -> float:
        return ((self.run.finished_at or timezone.now()) - self.run.started_at).total_seconds()

    @property
    def rows_per_second(self) -> int | None:
        return round(self.run.rows_seen / self.seconds) if self.seconds >= 1 else None

    @property
    def time_left(self) -> str:
        left = round(self._left.total_seconds()) if self._left else 0
        return f"{left // 60}:{left % 60:02}" if left else ""

    @property
    def _left(self) -> timedelta | None:
        """Unknown until some of it is there, and where the vendor doesn't say how much there is."""
        to_do = (self.run.announced or 0) - self.done
        if self.run.status != Status.RUNNING or to_do <= 0 or not self.done or self.seconds < 1:
            return None
        return timedelta(seconds=round(self.seconds * to_do / self.done))


@dataclass(frozen=True)
class FirstSync:
    link: Connection
    is_running: bool
    runs: dict[str, SyncRun]  # of each list the latest
    begun: datetime | None  # when somebody started it here

    @cached_property
    def state(self) -> State:
        if self.is_running:
            return State.RUNNING
        if self.link.last_success_at:
            return State.DONE
        if self.link.failing_since:
            return State.TROUBLE
        if self.is_waiting:
            return State.TROUBLE if self.waited > SUSPICIOUS else State.RUNNING
        return State.TROUBLE if self.is_broken_off else State.NEXT

    @property
    def is_waiting(self) -> bool:
        begun = self.begun
        return begun is not None and not any(run.started_at >= begun for run in self.runs.values())

    @property
    def waited(self) -> timedelta:
        return timezone.now() - self.begun if self.begun else timedelta()

    @property
    def is_broken_off(self) -> bool:
        """Its worker is gone; what came is kept, and the next sync goes on from there."""
        return any(run.status == Status.RUNNING for run in self.runs.values())

    @property
    def looks_again(self) -> bool:
        """Also for a worker that is late."""
        is_over = self.link.last_success_at or self.link.failing_since
        return self.is_running or (self.is_waiting and not is_over)

    @property
    def sentence(self) -> str:
        if self.is_running:
            return self.said
        if self.link.last_success_at:
            rows = sum(run.rows_seen for run in self.runs.values())
            return ngettext("%d record is here.", "%d records are here.", rows) % rows
        if self.link.failing_since:
            return self.link.status_message
        if self.is_waiting:
            return self._waiting()
        if self.is_broken_off:
            return _(
                "It was broken off, because its worker was stopped. What came is kept: go on from there."
            )
        return _("Reads all that is there. Minutes for a small desk, up to hours for a large one.")

    def _waiting(self) -> str:
        if self.waited <= SUSPICIOUS:
            return _("Waiting for a worker.")
        said = _(
            "No worker has taken it up for %(seconds)d seconds. Whoever runs Deskmetry should check that its workers "
            "are running; it begins by itself as soon as one does."
        )
        return said % {"seconds": self.waited.total_seconds()}

    @property
    def said(self) -> str:
        """In few words, for those who listen."""
        told = {"link": self.link, "done": self.done_count, "all": self.list_count}
        return _("%(link)s: %(done)d of %(all)d lists are read.") % told

    @property
    def done_count(self) -> int:
        return sum(run.status == Status.OK for run in self.runs.values())

    @property
    def list_count(self) -> int:
        return len(self._streams)

    @property
    def lines(self) -> list[Line]:
        """The newest first: it is what is being read."""
        parents = {stream.name for stream in self._streams if stream.parent}
        runs = sorted(self.runs.values(), key=lambda run: (run.started_at, run.pk), reverse=True)
        return [Line(run, run.stream in parents) for run in runs]

    @property
    def _streams(self) -> tuple[Stream, ...]:
        connector = connectors().get(self.link.vendor)
        return connector.streams if connector else ()


def first_sync(link: Connection, begun: datetime | None) -> FirstSync:
    latest = link.runs.order_by("stream", "-started_at", "-id").distinct("stream")
    is_first = link.last_success_at is None  # what runs after it is no first sync
    return FirstSync(link, is_first and is_running(link), {run.stream: run for run in latest}, begun)
