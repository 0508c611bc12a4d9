"""One random edit of a service desk or of its security side, for tests that want anything to happen at any time."""

import random
from collections.abc import Callable
from datetime import timedelta

from .records import Ticket
from .security_desk import SecurityDesk
from .security_records import Alert
from .ticket_desk import TicketDesk

Edit = Callable[[TicketDesk, random.Random, Ticket], object]
SecurityEdit = Callable[[SecurityDesk, random.Random, Alert], object]


def _member(desk: TicketDesk, rng: random.Random) -> int:
    return rng.choice(desk.catalogue.technicians).id


def _open(desk: TicketDesk, rng: random.Random, ticket: Ticket) -> None:
    desk.open_ticket(f"{ticket.summary} again", company=ticket.company.id, topic=ticket.topic)


def _toggle(desk: TicketDesk, rng: random.Random, ticket: Ticket) -> None:
    if not ticket.is_closed:
        desk.close_ticket(ticket.id)
    elif not ticket.merged_into:
        desk.reopen_ticket(ticket.id)


def _merge(desk: TicketDesk, rng: random.Random, ticket: Ticket) -> None:
    parent = rng.choice(desk.tickets.ids)
    if parent != ticket.id and not ticket.merged_into and not desk.tickets[parent].merged_into:
        desk.merge_tickets(parent, ticket.id)


def _book(desk: TicketDesk, rng: random.Random, ticket: Ticket) -> None:
    hours = rng.randint(1, 12) / 4
    desk.add_time_entry(ticket.id, _member(desk, rng), desk.now - timedelta(hours=hours), hours)


def _rebook(desk: TicketDesk, rng: random.Random, ticket: Ticket) -> None:
    if ticket.entries:
        desk.edit_time_entry(rng.choice(ticket.entries).id, hours=rng.randint(1, 12) / 4)


def _unbook(desk: TicketDesk, rng: random.Random, ticket: Ticket) -> None:
    if ticket.entries:
        desk.delete_time_entry(rng.choice(ticket.entries).id)


EDITS: dict[str, Edit] = {
    "open": _open,
    "open or close": _toggle,
    "delete": lambda desk, rng, ticket: desk.delete_ticket(ticket.id),
    "merge": _merge,
    "reassign": lambda desk, rng, ticket: desk.reassign(ticket.id, _member(desk, rng)),
    "priority": lambda desk, rng, ticket: desk.change_priority(ticket.id, rng.randint(1, 4)),
    "board": lambda desk, rng, ticket: desk.move_board(ticket.id, rng.choice(desk.catalogue.boards.ids)),
    "company": lambda desk, rng, ticket: desk.move_company(ticket.id, rng.choice(desk.clients.companies.ids)),
    "summary": lambda desk, rng, ticket: desk.edit_summary(ticket.id, f"Edited {rng.randrange(1000)}"),
    "book time": _book,
    "edit time": _rebook,
    "delete time": _unbook,
    "survey": lambda desk, rng, ticket: desk.add_survey_result(
        ticket.id, rng.randint(1, 5), rng.randint(0, 10)
    ),
    "note": lambda desk, rng, ticket: desk.add_note(ticket.id, "Any news?", _member(desk, rng)),
}


def apply_random_edit(desk: TicketDesk, rng: random.Random) -> str:
    if not desk.tickets.ids:
        desk.open_ticket()
        return "open"
    name = rng.choice(list(EDITS))
    EDITS[name](desk, rng, desk.tickets[rng.choice(desk.tickets.ids)])
    return name


def _device(desk: SecurityDesk, rng: random.Random) -> int:
    return rng.choice(desk.devices.ids)


def _company(desk: SecurityDesk, rng: random.Random) -> int:
    return rng.choice(desk.clients.companies.ids)


def _resolve_or_reopen(desk: SecurityDesk, rng: random.Random, alert: Alert) -> None:
    if alert.state == "resolved":
        desk.reopen_alert(alert.id)
    else:
        desk.resolve_alert(alert.id, rng.choice(("true_positive", "false_positive", "suspicious", "benign")))


SECURITY_EDITS: dict[str, SecurityEdit] = {
    "raise": lambda desk, rng, alert: desk.raise_alert(with_ticket=rng.random() < 0.5),
    "acknowledge": lambda desk, rng, alert: desk.acknowledge_alert(alert.id),
    "contain": lambda desk, rng, alert: desk.contain_alert(alert.id),
    "resolve or reopen": _resolve_or_reopen,
    "new device": lambda desk, rng, alert: desk.add_device(_company(desk, rng)),
    "report": lambda desk, rng, alert: desk.touch_device(_device(desk, rng)),
    "move": lambda desk, rng, alert: desk.move_device(_device(desk, rng), _company(desk, rng)),
    "retire": lambda desk, rng, alert: desk.retire_device(_device(desk, rng)),
    "isolate": lambda desk, rng, alert: desk.isolate_device(_device(desk, rng), rng.random() < 0.5),
}


def apply_random_security_edit(desk: SecurityDesk, rng: random.Random) -> str:
    if not desk.alerts.ids:
        desk.raise_alert()
        return "raise"
    name = rng.choice(list(SECURITY_EDITS))
    SECURITY_EDITS[name](desk, rng, desk.alerts[rng.choice(desk.alerts.ids)])
    return name
