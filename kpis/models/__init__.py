"""The tables of the figures, by what they are about."""

from kpis.models.disputes import Dispute, DisputeEvent
from kpis.models.engine import CalendarDay, ComputeState
from kpis.models.figures import KpiBreakdown, KpiDaily, KpiRestatement, KpiTrust
from kpis.models.findings import Finding, FindingEvent
from kpis.models.looks import ProfileLook
from kpis.models.targets import Target
from kpis.models.training import TrainingPhrase

__all__ = [
    "CalendarDay",
    "ComputeState",
    "Dispute",
    "DisputeEvent",
    "Finding",
    "FindingEvent",
    "KpiBreakdown",
    "KpiDaily",
    "KpiRestatement",
    "KpiTrust",
    "ProfileLook",
    "Target",
    "TrainingPhrase",
]
