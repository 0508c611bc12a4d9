"""The proposals there are, brought in line with what tickets support now. What people decided is never touched.

One run enters all its ideas and then closes; every step that changes something is told in an event.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from insights.ideas import Decided, Idea, Key
from insights.models import Proposal, ProposalEvent
from insights.workflow import mark, tell
from kpis.calendar import day_of
from tenants.models import TenantSettings

Status, Kind = Proposal.Status, ProposalEvent.Kind


@dataclass
class Proposed:
    new: int = 0
    refreshed: int = 0
    withdrawn: int = 0
    rolled_up: int = 0
    woken: int = 0

    def __str__(self) -> str:
        return (
            f"{self.new} new, {self.refreshed} refreshed, {self.withdrawn} withdrawn, "
            f"{self.rolled_up} rolled up, {self.woken} woken"
        )


@dataclass
class Standing:
    """Everything ever proposed, by its key with aliases resolved; a row of the topic itself before one of an alias."""

    now: datetime
    rows: dict[Key, Proposal] = field(default_factory=dict)
    decided: defaultdict[int, Decided] = field(default_factory=lambda: defaultdict(Decided))
    done: Proposed = field(default_factory=Proposed)
    supported: set[int] = field(default_factory=set)

    @classmethod
    def opened(cls, now: datetime) -> "Standing":
        """Within a transaction: nobody decides while the rows are locked, and no second run starts."""
        TenantSettings.objects.select_for_update().get(id=1)
        found = cls(now)
        rows = Proposal.objects.select_for_update(of=("self",)).select_related("topic").order_by("id")
        for row in rows:
            found._wake(row)
            key = _key(row)
            found.decided[key[2]].add(key, row.status)
            if key not in found.rows or row.topic_id == key[2]:
                found.rows[key] = row
        return found

    def enter(
        self, idea: Idea, told: dict[str, Any], parts: Iterable[tuple[Idea, dict[str, Any]]] = ()
    ) -> None:
        whole = self._stand(idea, told)
        for part, told_of_part in parts:
            self._roll_up(part, told_of_part, whole)

    def close(self) -> Proposed:
        for row in list(self._of_all()):
            if row.status == Status.PROPOSED and row.pk not in self.supported:
                self._move(row, Status.WITHDRAWN, _("Its tickets no longer support it."))
                self.done.withdrawn += 1
        if self.done != Proposed():
            mark(self.now)
        return self.done

    def _of_all(self) -> Iterable[Proposal]:
        return Proposal.objects.filter(status=Status.PROPOSED).order_by("id")

    def _wake(self, row: Proposal) -> None:
        today = day_of(self.now)
        if row.status == Status.SNOOZED and row.snoozed_until and row.snoozed_until <= today:
            row.snoozed_until = None
            self._move(row, Status.PROPOSED, _("It was put off until today."))
            self.done.woken += 1

    def _stand(self, idea: Idea, told: dict[str, Any]) -> Proposal:
        row = self.rows.get(idea.key)
        if row is None:
            return self._add(idea.key, told, Status.PROPOSED)
        self.supported.add(row.pk)
        has_changed = self._update(row, idea.key, told, rolled_into=None)
        if row.status == Status.WITHDRAWN:
            self._move(row, Status.PROPOSED, _("Its tickets support it again."))
            self.done.new += 1
        elif has_changed:
            tell(row, Kind.REFRESHED, None, self.now, before=row.status)
            self.done.refreshed += 1
        return row

    def _roll_up(self, part: Idea, told: dict[str, Any], whole: Proposal) -> None:
        """It stands no longer for itself, so that no figure counts it beside the whole."""
        row = self.rows.get(part.key)
        is_new = row is None or row.rolled_into_id != whole.pk
        if row is None:
            row = self._add(part.key, told, Status.WITHDRAWN, rolled_into=whole)
        else:
            self._update(row, part.key, told, rolled_into=whole)
            if row.status == Status.PROPOSED:
                self._move(row, Status.WITHDRAWN, _("Part of “%s” from now on.") % whole.name)
        self.done.rolled_up += is_new

    def _add(
        self, key: Key, told: dict[str, Any], status: str, rolled_into: Proposal | None = None
    ) -> Proposal:
        scope, company, topic, archetype = key
        row = Proposal.objects.create(
            scope=scope,
            company=company,
            topic_id=topic,
            archetype=archetype,
            status=status,
            rolled_into=rolled_into,
            first_proposed_at=self.now,
            refreshed_at=self.now,
            **told,
        )
        tell(row, Kind.PROPOSED, None, self.now)
        self.rows[key] = row
        self.supported.add(row.pk)
        self.done.new += status == Status.PROPOSED
        return row

    def _update(self, row: Proposal, key: Key, told: dict[str, Any], rolled_into: Proposal | None) -> bool:
        """Whether anything is said otherwise than before."""
        has_changed = any(getattr(row, name) != value for name, value in told.items())
        for name, value in told.items():
            setattr(row, name, value)
        row.topic_id, row.rolled_into = key[2], rolled_into
        row.refreshed_at = self.now if has_changed else row.refreshed_at
        row.save()
        return has_changed

    def _move(self, row: Proposal, to: Proposal.Status, text: str) -> None:
        before, row.status, row.status_reason = row.status, to, text
        row.version += 1
        row.save()
        tell(row, Kind.MOVED, None, self.now, before=before, text=text)


def _key(row: Proposal) -> Key:
    return row.scope, row.company, row.topic.root_id or row.topic_id, row.archetype


def as_stored(value: Any) -> Any:
    """As it comes back from the database, to be compared with what is there."""
    return json.loads(json.dumps(value))
