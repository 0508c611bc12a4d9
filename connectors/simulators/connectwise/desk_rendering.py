"""Tickets, time entries and what hangs on them, as ConnectWise sends them."""

from datetime import datetime
from typing import Any

from ..world import office, records
from ..world.terms import ChargedTo, Stage
from ..world.world import World
from . import payloads
from .rendering import BILLING, CHARGED_TO, DEPARTMENT, HOUR, LOCATION, Renderer

SEVERITY = {"Critical": "High", "High": "High", "Medium": "Medium", "Low": "Low"}


def ticket(render: Renderer, row: records.Ticket) -> payloads.Ticket:
    respond, plan, resolve = (_minutes(row, at) for at in (row.responded_at, row.planned_at, row.resolved_at))
    ref, contact = render.reference, row.contact
    return payloads.Ticket(
        id=row.id,
        summary=row.summary,
        record_type="ProjectTicket" if row.board.is_project else "ServiceTicket",
        board=ref("service/boards", row.board),
        status=render.status(row.status),
        type=render.optional("service/types", row.type),
        sub_type=render.optional("service/subtypes", row.subtype),
        item=render.optional("service/items", row.item),
        team=render.optional("service/teams", row.team),
        owner=render.optional("system/members", row.owner),
        priority=render.priority(row.priority),
        severity=SEVERITY[row.priority.level],
        impact=SEVERITY[row.priority.level],
        source=ref("service/sources", row.source),
        company=ref("company/companies", row.company),
        site=render.optional("company/sites", row.site),
        site_name=row.site.name if row.site else None,
        contact=render.optional("company/contacts", contact),
        contact_name=contact.name if contact else None,
        contact_email_address=contact.email if contact else None,
        contact_phone_number=contact.phone if contact else None,
        agreement=render.agreement(row.agreement),
        agreement_type=row.agreement.type.name if row.agreement else None,
        sla=render.optional("service/SLAs", row.sla),
        sla_status=_sla_status(row),
        is_in_sla=_is_in_sla(row),
        merged_parent_ticket=_ticket_reference(render, row.merged_into),
        has_merged_child_ticket_flag=bool(row.merged_children),
        has_child_ticket=False,
        external_x_ref=row.external_reference,
        budget_hours=row.budget_hours,
        actual_hours=round(row.worked / HOUR, 2),
        resources=",".join(member.identifier for member in row.resources) or None,
        closed_flag=row.is_closed,
        closed_date=row.closed_at,
        closed_by=row.closed_by,
        date_responded=row.responded_at,
        responded_by=row.responded_by,
        date_resplan=row.planned_at,
        resplan_by=row.planned_by,
        date_resolved=row.resolved_at,
        resolved_by=row.resolved_by,
        respond_minutes=respond,
        res_plan_minutes=plan,
        resolve_minutes=resolve,
        responded_hours=respond / 60,
        resplan_hours=plan / 60,
        resolution_hours=resolve / 60,
        respond_by_goal=row.respond_goal,
        resplan_goal=row.plan_goal,
        resolution_goal=row.resolve_goal,
        escalation_start_date=row.opened_at,
        escalation_level=0,
        minutes_before_waiting=0,
        minutes_waiting=row.waiting_minutes,
        bill_time="NoDefault",
        bill_expenses="NoDefault",
        bill_products="NoDefault",
        location=ref("system/locations", LOCATION),
        department=ref("system/departments", DEPARTMENT),
        customer_updated_flag=row.customer_updated,
        request_for_change_flag=False,
        approved=True,
        custom_fields=[_root_cause(row)],
        integrator_tags=[],
        sentiment_score=0.5,
        info=render.info(row, dateEntered=row.opened_at, enteredBy=row.opened_by),
    )


def time_entry(render: Renderer, row: records.TimeEntry) -> payloads.TimeEntry:
    hours = round(row.worked / HOUR, 2)
    about = row.ticket
    return payloads.TimeEntry(
        id=row.id,
        company=render.reference("company/companies", row.company),
        charge_to_id=_charge_to_id(row),
        charge_to_type=CHARGED_TO[row.charged_to],
        member=render.reference("system/members", row.member),
        location_id=LOCATION.id,
        business_unit_id=DEPARTMENT.id,
        work_type=render.reference("time/workTypes", row.work_type),
        work_role=render.reference("time/workRoles", row.work_role),
        agreement=render.agreement(row.agreement),
        agreement_hours=hours if row.agreement else None,
        time_start=row.started_at,
        time_end=row.ended_at,
        hours_deduct=row.deducted / HOUR,
        actual_hours=hours,
        billable_option=BILLING[row.billing],
        notes=row.notes,
        add_to_resolution_flag=False,
        hours_billed=hours,
        invoice_hours=hours,
        hourly_rate=row.work_role.hourly_rate,
        hourly_cost=f"{row.member.hourly_cost:.2f}",
        entered_by=row.member.identifier,
        date_entered=row.entered_at,
        status="Open",
        invoice_flag=False,
        ticket=_ticket_reference(render, about),
        ticket_board=about.board.name if about else None,
        ticket_status=about.status.name if about else None,
        ticket_type=about.type.name if about and about.type else None,
        ticket_sub_type=about.subtype.name if about and about.subtype else None,
        custom_fields=[],
        info=render.info(row),
    )


def survey_result(render: Renderer, row: records.SurveyResult) -> payloads.SurveyResult:
    pairs = zip(row.survey.questions, row.answers, strict=True)
    return payloads.SurveyResult(
        id=row.id,
        survey_id=row.survey.id,
        ticket_id=row.ticket.id,
        contact=render.reference("company/contacts", row.contact),
        company=render.reference("company/companies", row.ticket.company),
        total_points=sum(answer for answer in row.answers if isinstance(answer, int)),
        contact_me_flag=False,
        results=[
            {"questionId": question.id, "answer": _answer(question, answer)} for question, answer in pairs
        ],
        info=render.info(row),
    )


def survey_results(render: Renderer, world: World, survey_id: int) -> list[payloads.SurveyResult]:
    return [survey_result(render, row) for row in world.survey_results if row.survey.id == survey_id]


def notes(render: Renderer, world: World, ticket_id: int) -> list[payloads.Note]:
    return [_note(render, ticket_id, row) for row in world.tickets[ticket_id].notes]


def audit_trail(world: World, ticket_id: int) -> list[dict[str, Any]]:
    return [
        {
            "text": f"{change.what} has been changed from \"{change.before}\" to \"{change.after}\".",
            "enteredDate": change.at,
            "enteredBy": change.by,
            "auditType": "Resource" if change.what == "Owner" else "Ticket",
            "auditSubType": change.what,
            "auditSource": "UI",
        }
        for change in world.tickets[ticket_id].history
    ]  # fmt: skip


def _note(render: Renderer, ticket_id: int, row: records.Note) -> payloads.Note:
    by_member = isinstance(row.author, records.Member)
    path = "system/members" if by_member else "company/contacts"
    author = render.reference(path, row.author)
    name = row.author.identifier if isinstance(row.author, records.Member) else row.author.name
    return payloads.Note(
        id=row.id,
        ticket_id=ticket_id,
        text=row.text,
        detail_description_flag=not row.is_internal,
        internal_analysis_flag=row.is_internal,
        resolution_flag=False,
        issue_flag=False,
        internal_flag=row.is_internal,
        external_flag=not row.is_internal,
        date_created=row.at,
        created_by=name,
        member=author if by_member else None,
        contact=None if by_member else author,
        info={"lastUpdated": row.at + render.skew, "updatedBy": name},
    )


def _answer(question: records.Question, answer: int | str) -> int | str:
    """An answer to a selection question is an index into its options."""
    return question.options.index(str(answer)) if question.options else answer


def _ticket_reference(render: Renderer, row: records.Ticket | None) -> Any:
    if row is None:
        return None
    href = {"ticket_href": f"{render.base}/service/tickets/{row.id}"}
    return render.raw({"id": row.id, "summary": row.summary, "_info": href})


def _charge_to_id(row: records.TimeEntry) -> int:
    if row.ticket:
        return row.ticket.id
    if row.charge_code:
        return row.charge_code.id
    return row.company.id if row.charged_to is ChargedTo.COMPANY else row.id


def _root_cause(row: records.Ticket) -> dict[str, Any]:
    value = {"value": row.root_cause} if row.root_cause else {}
    return {
        "id": 4,
        "caption": "RootCause",
        "type": "Text",
        "entryMethod": "List",
        "numberOfDecimals": 0,
        **value,
    }


def _minutes(row: records.Ticket, at: datetime | None) -> int:
    return office.minutes_between(row.opened_at, at) if at else 0


def _is_in_sla(row: records.Ticket) -> bool:
    steps = (
        (row.respond_goal, row.responded_at),
        (row.plan_goal, row.planned_at or row.resolved_at),
        (row.resolve_goal, row.resolved_at),
    )
    return all((reached or row.updated_at) <= goal for goal, reached in steps if goal)


def _sla_status(row: records.Ticket) -> str:
    if row.status.stage is Stage.WAITING:
        return "Waiting"
    if row.resolved_at or row.resolve_goal is None:
        return "Resolved"
    step, goal = ("Resolve", row.resolve_goal) if row.responded_at else ("Respond", row.respond_goal)
    assert goal is not None
    return f"{step} by {goal:%a %m/%d} {goal:%I:%M %p} UTC+00"
