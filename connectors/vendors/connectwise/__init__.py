"""ConnectWise PSA (Manage): the ticket desk. https://developer.connectwise.com"""

from datetime import timedelta
from functools import partial

from connectors import base
from connectors.base import Connector
from connectors.models import (
    RawAgreement,
    RawAgreementAddition,
    RawAgreementCoverage,
    RawBoard,
    RawBoardStatus,
    RawBoardType,
    RawChargeCode,
    RawCompany,
    RawMember,
    RawPriority,
    RawSla,
    RawSurvey,
    RawSurveyForm,
    RawSurveyQuestion,
    RawTicket,
    RawTicketEvent,
    RawTicketNote,
    RawTimeEntry,
    RawWorkRole,
    RawWorkType,
)
from connectors.vendors.connectwise import desk, tickets
from connectors.vendors.connectwise.callbacks import CALLBACKS
from connectors.vendors.connectwise.client import Credentials, Identity, Settings, open_client
from connectors.vendors.connectwise.pages import PAGES
from connectors.vendors.connectwise.preflight import preflight

CHANGES = "lastUpdated"
# Older tickets' trails are not asked for at the first load: that is one request per ticket.
RECENT = timedelta(days=90)
Stream = partial(base.Stream, head=Identity)


def _coverage(kind: RawAgreementCoverage.Kind, path: str, subject: str) -> base.Stream:
    return Stream(
        name=f"agreement_{kind}s",
        path=f"finance/agreements/{{parent}}/{path}",
        table=RawAgreementCoverage,
        row=desk.coverage(subject),
        parent="agreements",
        parent_column="agreement_id",
        fixed={"kind": str(kind)},
    )


STREAMS = (
    Stream(name="boards", path="service/boards", table=RawBoard, row=desk.board),
    Stream(
        name="board_statuses",
        path="service/boards/{parent}/statuses",
        table=RawBoardStatus,
        row=desk.board_status,
        parent="boards",
        parent_column="board_id",
    ),
    Stream(
        name="board_types",
        path="service/boards/{parent}/types",
        table=RawBoardType,
        row=desk.board_type,
        parent="boards",
        parent_column="board_id",
    ),
    Stream(name="priorities", path="service/priorities", table=RawPriority, row=desk.priority),
    Stream(name="slas", path="service/SLAs", table=RawSla, row=desk.sla),
    Stream(name="work_types", path="time/workTypes", table=RawWorkType, row=desk.work_type),
    Stream(name="work_roles", path="time/workRoles", table=RawWorkRole, row=desk.named),
    Stream(name="charge_codes", path="time/chargeCodes", table=RawChargeCode, row=desk.named),
    Stream(name="members", path="system/members", table=RawMember, row=desk.member, cursor=CHANGES),
    Stream(
        name="companies",
        path="company/companies",
        table=RawCompany,
        row=desk.company,
        cursor=CHANGES,
        conditions="deletedFlag = false",
        referred_by=dict.fromkeys(("tickets", "time_entries", "agreements"), "company_id"),
    ),
    Stream(
        name="agreements", path="finance/agreements", table=RawAgreement, row=desk.agreement, cursor=CHANGES
    ),
    _coverage(RawAgreementCoverage.Kind.WORK_TYPE, "worktypes", "workType"),
    _coverage(RawAgreementCoverage.Kind.WORK_ROLE, "workroles", "workRole"),
    _coverage(RawAgreementCoverage.Kind.WORK_TYPE_EXCLUSION, "workTypeExclusions", "workType"),
    _coverage(RawAgreementCoverage.Kind.WORK_ROLE_EXCLUSION, "workRoleExclusions", "workRole"),
    _coverage(RawAgreementCoverage.Kind.BOARD_DEFAULT, "boardDefaults", "board"),
    Stream(
        name="agreement_additions",
        path="finance/agreements/{parent}/additions",
        table=RawAgreementAddition,
        row=desk.addition,
        parent="agreements",
        parent_column="agreement_id",
    ),
    Stream(name="survey_forms", path="service/surveys", table=RawSurveyForm, row=desk.named),
    Stream(
        name="survey_questions",
        path="service/surveys/{parent}/questions",
        table=RawSurveyQuestion,
        row=desk.survey_question,
        parent="survey_forms",
        parent_column="survey_id",
    ),
    Stream(
        name="tickets",
        path="service/tickets",
        table=RawTicket,
        row=tickets.ticket,
        cursor=CHANGES,
    ),
    Stream(
        name="ticket_history",
        path="system/audittrail?type=Ticket&id={parent}",
        table=RawTicketEvent,
        row=tickets.audit_event,
        parent="tickets",
        children_of_last=RECENT,
    ),
    Stream(
        name="ticket_notes",
        path="service/tickets/{parent}/notes",
        table=RawTicketNote,
        row=tickets.note,
        parent="tickets",
        parent_column="ticket_id",
        children_of_last=RECENT,
        recheck=tickets.may_have_new_notes,
    ),
    Stream(
        name="time_entries",
        path="time/entries",
        table=RawTimeEntry,
        row=tickets.time_entry,
        cursor=CHANGES,
    ),
    Stream(
        name="surveys",
        path="service/surveys/{parent}/results",
        table=RawSurvey,
        row=desk.survey_result,
        parent="survey_forms",
        parent_column="survey_id",
    ),
)

CONNECTOR = Connector(
    slug="connectwise",
    label="ConnectWise PSA",
    settings_model=Settings,
    credentials_model=Credentials,
    open=open_client,
    preflight=preflight,
    streams=STREAMS,
    pages=PAGES,
    is_ticket_desk=True,
    callbacks=CALLBACKS,
)
