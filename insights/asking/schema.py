"""The form of a reply: what is asked for over the wire, and the stricter form that is accepted."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = "1"

Category = Literal[
    "identity",
    "email",
    "endpoint",
    "network",
    "printing",
    "backup_alerts",
    "apps",
    "howto",
    "security",
    "other",
]
RootCause = Literal[
    "user_error",
    "missing_self_service",
    "misconfiguration",
    "ageing_hardware",
    "capacity",
    "vendor_defect",
    "monitoring_noise",
    "unknown",
]
SalesSignal = Literal["none", "hardware_refresh", "licence", "security", "project"]
Confidence = Literal["low", "medium", "high"]
NO_PROJECT, OTHER_PROJECT = "none", "other"

Label = Annotated[str, Field(min_length=1, max_length=60)]
Step = Annotated[str, Field(min_length=1, max_length=160)]
Ids = Annotated[list[Annotated[str, Field(max_length=4)]], Field(max_length=8)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Signals(Strict):
    training_need: bool
    sales_opportunity: SalesSignal


class Said(Strict):
    """A reply that has the right form. Whether it may be believed is another question."""

    label_en: Label
    label_fr: Label
    inclusion_criteria: str = Field(max_length=240)
    coherent: bool
    category: Category
    root_cause: RootCause
    archetype: str = Field(max_length=40)
    title: str = Field(max_length=80)
    problem: str = Field(max_length=400)
    recommendation: str = Field(max_length=600)
    steps: list[Step] = Field(max_length=6)
    signals: Signals
    evidence_ids: Ids
    counter_evidence_ids: Ids
    confidence: Confidence

    @property
    def proposes(self) -> bool:
        return self.coherent and self.archetype != NO_PROJECT


def wire_schema(archetypes: Iterable[str]) -> dict[str, Any]:
    """The subset that all servers understand: every field required, no keyword about lengths or numbers."""
    text, flag = {"type": "string"}, {"type": "boolean"}
    texts = {"type": "array", "items": text}
    return _object(
        {
            **dict.fromkeys(("label_en", "label_fr", "inclusion_criteria"), text),
            "coherent": flag,
            "category": _one_of(get_args(Category)),
            "root_cause": _one_of(get_args(RootCause)),
            "archetype": _one_of([*archetypes, OTHER_PROJECT, NO_PROJECT]),
            **dict.fromkeys(("title", "problem", "recommendation"), text),
            "steps": texts,
            "signals": _object({"training_need": flag, "sales_opportunity": _one_of(get_args(SalesSignal))}),
            **dict.fromkeys(("evidence_ids", "counter_evidence_ids"), texts),
            "confidence": _one_of(get_args(Confidence)),
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(values: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}
