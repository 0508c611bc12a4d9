"""Connections and their runs, and the raw tables that they fill."""

from connectors.models.connection import Connection, PendingParent, StreamState
from connectors.models.desk import (
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
    RawWorkRole,
    RawWorkType,
)
from connectors.models.runs import DirtyDay, PageArchive, SkippedRecord, SyncRun
from connectors.models.tickets import RawTicket, RawTicketEvent, RawTicketNote, RawTicketSpell, RawTimeEntry

__all__ = [
    "Connection",
    "DirtyDay",
    "PageArchive",
    "PendingParent",
    "RawAgreement",
    "RawAgreementAddition",
    "RawAgreementCoverage",
    "RawBoard",
    "RawBoardStatus",
    "RawBoardType",
    "RawChargeCode",
    "RawCompany",
    "RawMember",
    "RawPriority",
    "RawSla",
    "RawSurvey",
    "RawSurveyForm",
    "RawSurveyQuestion",
    "RawTicket",
    "RawTicketEvent",
    "RawTicketNote",
    "RawTicketSpell",
    "RawTimeEntry",
    "RawWorkRole",
    "RawWorkType",
    "SkippedRecord",
    "StreamState",
    "SyncRun",
]
