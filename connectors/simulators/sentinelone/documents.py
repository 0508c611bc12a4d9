"""Everything the console can list, rendered once and kept until it changes."""

from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

from ..world.records import Record
from ..world.security_records import Alert, Device
from ..world.tables import Table
from . import scopes
from .activities import activity
from .agents import agent
from .rendering import Document, Renderer, is_star, is_threat
from .star import star_alert
from .threats import threat
from .unified import unified_alert

R = TypeVar("R", bound=Record)


class Shelf(Generic[R]):
    def __init__(
        self, table: Table[R], is_shown: Callable[[R], bool], render: Callable[[R], Document]
    ) -> None:
        self._table, self._is_shown, self._render = table, is_shown, render
        self._documents: dict[int, Document] = {}

    def all(self) -> list[Document]:
        return [self.document(row) for row in self._table if self._is_shown(row)]

    def document(self, row: R) -> Document:
        found = self._documents.get(row.id)
        if found is None:
            found = self._documents[row.id] = self._render(row)
        return found

    def forget(self, record_id: int) -> None:
        self._documents.pop(record_id, None)

    def clear(self) -> None:
        self._documents.clear()


class Documents:
    """A threat quotes its agent, and an agent counts its threats: a change of one makes both anew."""

    def __init__(self, render: Renderer) -> None:
        world = render.world
        self.render = render
        self._threats = Shelf(world.alerts, is_threat, lambda alert: threat(render, alert))
        self._stars = Shelf(world.alerts, is_star, lambda alert: star_alert(render, alert))
        self._unified = Shelf(world.alerts, _is_ours, lambda alert: unified_alert(render, alert))
        self._agents = Shelf(world.devices, _has_agent, lambda device: agent(render, device))
        self._activities: list[Document] = []
        self._journal_read = 0
        self._day: date | None = None
        self._alerts_of: dict[int, set[int]] = {}
        for alert in world.alerts:
            self._link(alert)
        world.alerts.watch(self._forget_alert)
        world.devices.watch(self._forget_device)

    def threats(self) -> list[Document]:
        return self._threats.all()

    def star_alerts(self) -> list[Document]:
        return self._stars.all()

    def unified_alerts(self) -> list[Document]:
        return self._unified.all()

    def agents(self) -> list[Document]:
        return self._agents.all()

    def activities(self) -> list[Document]:
        journal = self.render.world.journal
        for number in range(self._journal_read, len(journal)):
            document = activity(self.render, number, journal[number])
            if document:
                self._activities.append(document)
        self._journal_read = len(journal)
        return self._activities

    def sites(self) -> list[Document]:
        agents = scopes.agents_per_site(self.render)
        return [scopes.site(self.render, site, agents) for site in self.render.estate.sites]

    def accounts(self) -> list[Document]:
        agents = scopes.agents_per_site(self.render)
        return [scopes.account(self.render, account, agents) for account in self.render.estate.accounts]

    def groups(self) -> list[Document]:
        agents = scopes.agents_per_site(self.render)
        return [scopes.group(self.render, site, agents) for site in self.render.estate.sites]

    def notice_time(self) -> None:
        """Whether an agent counts as active depends on the clock."""
        today = self.render.world.now.date()
        if today != self._day:
            self._day = today
            for shelf in (self._threats, self._stars, self._agents):
                shelf.clear()

    def render_anew(self, render: Renderer) -> None:
        self.render = render
        world = render.world
        self._threats = Shelf(world.alerts, is_threat, lambda alert: threat(render, alert))
        self._stars = Shelf(world.alerts, is_star, lambda alert: star_alert(render, alert))
        self._unified = Shelf(world.alerts, _is_ours, lambda alert: unified_alert(render, alert))
        self._agents = Shelf(world.devices, _has_agent, lambda device: agent(render, device))
        self._activities, self._journal_read = [], 0

    def _link(self, alert: Alert) -> None:
        if alert.device:
            self._alerts_of.setdefault(alert.device.id, set()).add(alert.id)

    def _forget_alert(self, alert_id: int) -> None:
        alert = self.render.world.alerts[alert_id]
        self._link(alert)
        if alert.device:
            self._forget_device(alert.device.id)
        self._drop(alert_id)

    def _forget_device(self, device_id: int) -> None:
        self._agents.forget(device_id)
        for alert_id in self._alerts_of.get(device_id, ()):
            self._drop(alert_id)

    def _drop(self, alert_id: int) -> None:
        for shelf in (self._threats, self._stars, self._unified):
            shelf.forget(alert_id)


def _is_ours(alert: Alert) -> bool:
    return alert.seen_by == "edr"


def _has_agent(device: Device) -> bool:
    return device.has_edr
