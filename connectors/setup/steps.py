"""The steps of set-up in order, each with how it stands; all of that is looked up, and nothing of it is stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from celery import Task
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from config.access import Area, May, may

Story = dict[str, Any]


class State(StrEnum):
    DONE = "done"
    NEXT = "next"
    RUNNING = "running"
    TROUBLE = "trouble"
    LATER = "later"

    @property
    def label(self) -> str:
        return {
            State.DONE: _("Done"),
            State.NEXT: _("To do"),
            State.RUNNING: _("Under way"),
            State.TROUBLE: _("Needs you"),
            State.LATER: _("Not yet"),
        }[self]

    @property
    def symbol(self) -> str:
        return {
            State.DONE: "check_circle",
            State.NEXT: "radio_button_unchecked",
            State.RUNNING: "progress_activity",
            State.TROUBLE: "error",
            State.LATER: "schedule",
        }[self]


@dataclass(frozen=True)
class Standing:
    state: State
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    slug: str
    title: Any
    standing: Callable[[HttpRequest], Standing]
    # What the step's own template shows.
    template: str
    story: Callable[[HttpRequest], Story]
    # What sending its form does: leads on, or shows the page with what it came to.
    act: Callable[[HttpRequest], HttpResponse | Story] | None = None
    # The part of the page that is asked for again while something is under way.
    live: str = ""
    is_required: bool = True
    applies: Callable[[], bool] = lambda: True

    @property
    def url(self) -> str:
        return reverse("admin:setup_step", args=[self.slug])


@dataclass(frozen=True)
class Stage:
    """A step as it stands for whoever asks."""

    step: Step
    standing: Standing

    @property
    def is_done(self) -> bool:
        return self.standing.state is State.DONE


# Apps that this one does not know append theirs; the last one's end is the end of set-up.
STEPS: list[Step] = []
# What makes figures of what the first sync brought; appended by those who know how.
AFTERWARDS: list[Task[..., Any]] = []


def stages(request: HttpRequest) -> list[Stage]:
    return [Stage(step, step.standing(request)) for step in STEPS if step.applies()]


def next_of(found: Sequence[Stage]) -> Stage | None:
    """What to do now: of what is needed, the first that is not done."""
    return next((stage for stage in found if stage.step.is_required and not stage.is_done), None)


def url_after(slug: str) -> str:
    """Where a step leads to when it is done."""
    slugs = [step.slug for step in STEPS]
    later = (step for step in STEPS[slugs.index(slug) + 1 :] if step.applies())
    return next((step.url for step in later), reverse("admin:setup"))


def start_page(request: HttpRequest) -> str:
    """Owners start with set-up for as long as there is nothing else to see."""
    last = STEPS[-1].standing(request)
    needs_setup = may(request, May.CHANGE, Area.SETUP) and last.state is not State.DONE
    return "admin:setup" if needs_setup else "admin:index"
