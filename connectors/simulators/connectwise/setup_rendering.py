"""Companies, members, agreements, boards and the other things an MSP sets up, as ConnectWise sends them."""

from typing import Any

from ..world import records
from ..world.records import Named
from ..world.terms import Stage
from ..world.world import World
from . import payloads
from .rendering import BILLING, DEPARTMENT, ESCALATION_STATUS, LOCATION, Renderer

TERRITORY, ACTIVE, CLIENT = Named(30, "East"), Named(1, "Active"), Named(1, "Client")
TIME_ZONE, READ_ROLE, MONTHLY = Named(1, "US Eastern"), Named(63, "Technician"), Named(2, "Monthly")
Rows = list[dict[str, Any]]


def company(render: Renderer, row: records.Company) -> payloads.Company:
    ref = render.reference
    return payloads.Company(
        id=row.id,
        identifier=row.identifier,
        name=row.name,
        status=ref("company/companies/statuses", ACTIVE),
        types=[ref("company/companies/types", CLIENT)],
        territory=ref("system/locations", TERRITORY),
        market=render.raw({"id": 1 + sum(map(ord, row.market)) % 90, "name": row.market}),
        default_contact=ref("company/contacts", row.contacts[0]),
        site=ref("company/sites", row.sites[0]),
        city=row.city,
        number_of_employees=row.size,
        deleted_flag=False,
        info=render.info(row),
    )


def contact(render: Renderer, row: records.Contact) -> payloads.Contact:
    kinds = (("Email", row.email), ("Phone", row.phone))
    return payloads.Contact(
        id=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        company=render.reference("company/companies", row.company),
        site=render.reference("company/sites", row.company.sites[0]),
        inactive_flag=False,
        default_flag=row is row.company.contacts[0],
        communication_items=[
            {"id": row.id * 2 + number, "communicationType": kind, "value": value, "defaultFlag": True}
            for number, (kind, value) in enumerate(kinds)
        ],
        info=render.info(row),
    )


def member(render: Renderer, row: records.Member) -> payloads.Member:
    mail = f"{row.identifier}@msp.example"
    return payloads.Member(
        id=row.id,
        identifier=row.identifier,
        first_name=row.first_name,
        last_name=row.last_name,
        license_class=row.license_class,
        office_email=mail,
        primary_email=mail,
        inactive_flag=row.left_at is not None,
        inactive_date=row.left_at,
        time_zone=render.reference("system/timeZones", TIME_ZONE),
        default_department=render.reference("system/departments", DEPARTMENT),
        work_role=render.reference("time/workRoles", row.work_role),
        daily_capacity=8.0,
        hourly_cost=row.hourly_cost,
        hourly_rate=row.work_role.hourly_rate,
        hire_date=row.hired_at,
        security_role=render.reference("system/securityRoles", READ_ROLE),
        info=render.info(row),
    )


def board(render: Renderer, row: records.Board) -> payloads.Board:
    return payloads.Board(
        id=row.id,
        name=row.name,
        location=render.reference("system/locations", LOCATION),
        department=render.reference("system/departments", DEPARTMENT),
        inactive_flag=False,
        project_flag=row.is_project,
        email_connector_allow_reopen_closed_flag=True,
        info=render.info(row),
    )


def agreement(render: Renderer, row: records.Agreement) -> payloads.Agreement:
    return payloads.Agreement(
        id=row.id,
        name=row.name,
        type=render.reference("finance/agreements/types", row.type),
        company=render.reference("company/companies", row.company),
        parent_agreement=render.agreement(row.parent),
        start_date=row.since,
        end_date=row.until,
        no_ending_date_flag=row.until is None,
        cancelled_flag=row.cancelled_at is not None,
        date_cancelled=row.cancelled_at,
        reason_cancelled="Changed provider" if row.cancelled_at else None,
        agreement_status="Cancelled" if row.cancelled_at else "Active",
        sla=render.reference("service/SLAs", row.sla),
        application_units="Hours" if row.hours_limit else "Amount",
        application_limit=row.hours_limit or 0.0,
        application_cycle="CalendarMonth",
        application_unlimited_flag=row.hours_limit is None,
        cover_agreement_time=True,
        carry_over_unused=False,
        allow_overruns=True,
        bill_time=BILLING[row.billing],
        bill_amount=row.monthly_amount,
        billing_cycle=render.reference("finance/billingCycles", MONTHLY),
        period_type="Current",
        info=render.info(row),
    )


def work_type(render: Renderer, row: records.WorkType) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "billTime": BILLING[row.billing],
        "utilizationFlag": row.counts_as_utilised,
        "rateType": "AdjAmount",
        "inactiveFlag": False,
        "_info": render.info(row),
    }


def work_role(render: Renderer, row: records.WorkRole) -> dict[str, Any]:
    info = render.info(row)
    return {
        "id": row.id, "name": row.name, "hourlyRate": row.hourly_rate, "inactiveFlag": False, "_info": info
    }  # fmt: skip


def charge_code(render: Renderer, row: records.ChargeCode) -> dict[str, Any]:
    billing = "Billable" if row.is_billable else "DoNotBill"
    return {"id": row.id, "name": row.name, "billTime": billing, "_info": render.info(row)}


def survey(render: Renderer, row: records.Survey) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "inactiveFlag": False, "_info": render.info(row)}


def questions(render: Renderer, world: World, survey_id: int) -> Rows:
    return [
        {
            "id": question.id,
            "surveyId": survey_id,
            "question": question.name,
            "type": "Selection" if question.options else "Text",
            "options": [{"caption": option} for option in question.options],
        }
        for question in world.catalogue.surveys[survey_id].questions
    ]


def priorities(render: Renderer, world: World, _: int) -> Rows:
    return [
        {"id": row.id, "name": row.name, "sortOrder": row.sort, "level": row.level, "color": row.color}
        for row in world.catalogue.priorities
    ]


def sources(render: Renderer, world: World, _: int) -> Rows:
    return [{"id": row.id, "name": row.name} for row in world.catalogue.sources.values()]


def agreement_types(render: Renderer, world: World, _: int) -> Rows:
    kinds = {row.type.id: row.type for row in world.clients.agreements}
    return [{"id": kind.id, "name": kind.name} for kind in kinds.values()]


def slas(render: Renderer, world: World, _: int) -> Rows:
    return [
        {"id": row.id, "name": row.name, "basedOn": "AllHours" if row.around_the_clock else "MyCalendar"}
        for row in world.catalogue.slas
    ]


def sla_priorities(render: Renderer, world: World, sla_id: int) -> Rows:
    return [
        {
            "id": sla_id * 10 + goals.priority.id,
            "priority": render.priority(goals.priority),
            "respondHours": goals.respond_hours,
            "planWithin": goals.plan_hours,
            "resolutionHours": goals.resolve_hours,
        }
        for goals in world.catalogue.slas[sla_id - 1].goals.values()
    ]


def sites(render: Renderer, world: World, company_id: int) -> Rows:
    return [{"id": site.id, "name": site.name} for site in world.clients.companies[company_id].sites]


def statuses(render: Renderer, world: World, board_id: int) -> Rows:
    return [
        {
            "id": status.id,
            "name": status.name,
            "board": render.reference("service/boards", world.catalogue.boards[board_id]),
            "sortOrder": status.sort,
            "inactive": False,
            "closedStatus": status.is_closed,
            "timeEntryNotAllowed": False,
            "defaultFlag": status.stage is Stage.NEW,
            "escalationStatus": ESCALATION_STATUS[status.stage],
        }
        for status in world.catalogue.boards[board_id].statuses.values()
    ]


def types(render: Renderer, world: World, board_id: int) -> Rows:
    return [
        {"id": row.id, "name": row.name, "category": "Proactive" if row.is_proactive else "Reactive"}
        for row in world.catalogue.boards[board_id].types.values()
    ]


def subtypes(render: Renderer, world: World, board_id: int) -> Rows:
    return _named(world.catalogue.boards[board_id].subtypes)


def items(render: Renderer, world: World, board_id: int) -> Rows:
    return _named(world.catalogue.boards[board_id].items)


def teams(render: Renderer, world: World, board_id: int) -> Rows:
    return [{"id": team.id, "name": team.name} for team in world.catalogue.boards[board_id].teams]


def additions(render: Renderer, world: World, agreement_id: int) -> Rows:
    return [
        {
            "id": row.id,
            "product": {"id": row.id % 3 + 1, "identifier": row.name},
            "quantity": row.quantity,
            "lessIncluded": row.included,
            "unitPrice": row.unit_price,
            "unitCost": row.unit_cost,
            "billCustomer": "Billable",
            "effectiveDate": row.since,
            "agreementStatus": "Active",
        }
        for row in world.clients.agreements[agreement_id].additions
    ]


def covered_work_types(render: Renderer, world: World, agreement_id: int) -> Rows:
    rows = world.clients.agreements[agreement_id].work_types
    rate = {"billTime": "Billable", "rateType": "Multiplier", "rate": 1.0}
    return [{**each, **rate} for each in _rules(render, agreement_id, "workType", "time/workTypes", rows)]


def covered_work_roles(render: Renderer, world: World, agreement_id: int) -> Rows:
    rows = world.clients.agreements[agreement_id].work_roles
    rate = {"rateType": "Multiplier", "rate": 1.0}
    return [{**each, **rate} for each in _rules(render, agreement_id, "workRole", "time/workRoles", rows)]


def excluded_work_types(render: Renderer, world: World, agreement_id: int) -> Rows:
    rows = world.clients.agreements[agreement_id].excluded_work_types
    return _rules(render, agreement_id, "workType", "time/workTypes", rows)


def excluded_work_roles(render: Renderer, world: World, agreement_id: int) -> Rows:
    rows = world.clients.agreements[agreement_id].excluded_work_roles
    return _rules(render, agreement_id, "workRole", "time/workRoles", rows)


def board_defaults(render: Renderer, world: World, agreement_id: int) -> Rows:
    return [
        {
            "id": agreement_id * 100 + number,
            "board": render.reference("service/boards", covered),
            **({"serviceType": {"id": kind.id, "name": kind.name}} if kind else {}),
            "defaultFlag": number == 1,
        }
        for number, (covered, kind) in enumerate(world.clients.agreements[agreement_id].boards, 1)
    ]


def _named(rows: dict[str, Named]) -> Rows:
    return [{"id": row.id, "name": row.name} for row in rows.values()]


def _rules(render: Renderer, agreement_id: int, key: str, path: str, rows: Any) -> Rows:
    return [
        {"id": agreement_id * 100 + number, key: render.reference(path, row)}
        for number, row in enumerate(rows, 1)
    ]
