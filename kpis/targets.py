"""Whether a figure is where the MSP wants it, in a word and a colour that goes with it."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from kpis.models import Target

Verdict = Literal["good", "near", "missed"]


def targets() -> dict[str, Target]:
    """By figure."""
    return {target.figure: target for target in Target.objects.all()}


def verdict(target: Target, value: float) -> Verdict:
    if _reaches(value, float(target.value), target.is_less_better):
        return "good"
    is_near = target.warn_at is not None and _reaches(value, float(target.warn_at), target.is_less_better)
    return "near" if is_near else "missed"


def _reaches(value: float, goal: float, is_less_better: bool) -> bool:
    return value <= goal if is_less_better else value >= goal


@dataclass(frozen=True)
class Judged:
    """A figure against its target, ready to be shown."""

    verdict: Verdict
    goal: str  # as the figure itself is said

    @property
    def word(self) -> str:
        words = {"good": _("On target"), "near": _("Near the target"), "missed": _("Target missed")}
        return words[self.verdict]
