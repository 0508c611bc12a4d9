"""The tables of insights. Figures read topics, proposals and measurements by SQL; nothing else is read from below."""

from insights.models.asking import ConnectedModel, LlmAbility, LlmCall, MonthlyBudget
from insights.models.labels import TopicLabel
from insights.models.projects import ProjectBaseline, ProjectMeasurement
from insights.models.proposals import Proposal, ProposalEvent
from insights.models.topics import TicketTopic, Topic, TopicEvent, TopicRegistry
from insights.models.wording import ConceptForm, PrivateWord

__all__ = [
    "ConceptForm",
    "ConnectedModel",
    "LlmAbility",
    "LlmCall",
    "MonthlyBudget",
    "PrivateWord",
    "ProjectBaseline",
    "ProjectMeasurement",
    "Proposal",
    "ProposalEvent",
    "TicketTopic",
    "Topic",
    "TopicEvent",
    "TopicLabel",
    "TopicRegistry",
]
