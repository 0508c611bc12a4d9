"""What the insights' pages show, beside what `fill` has made: topics, projects, a language model, words."""

from datetime import datetime, timedelta

from django.utils import timezone

from insights.models import ConceptForm, LlmCall, PrivateWord
from kpis.models import TrainingPhrase
from tests.insights import makers
from tests.insights.asked import model_at
from tests.insights.projects import finished, proposed, weekly

LONG_AGO = timedelta(days=150)


def add_projects(marker: str, companies: tuple[int, ...]) -> None:
    now = timezone.now()
    about = makers.topic(f"{marker} passwords", name_fr=f"{marker} mots de passe")
    weekly(about, dict.fromkeys(companies, 2), now=now)
    waiting = {"name": f"{marker} self-service", "now": now - timedelta(days=3)}
    proposed(about, companies[0], **waiting)
    proposed(makers.topic(f"{marker} scanners", status="candidate"), companies[0], **waiting)
    done = proposed(makers.topic(f"{marker} printers"), companies[0], now=now - LONG_AGO)
    finished(done, now=now - LONG_AGO)
    add_words(marker)
    add_model(marker, now)


def add_words(marker: str) -> None:
    TrainingPhrase.objects.create(kind="how_to", phrase="how do i")
    ConceptForm.objects.create(concept="password", form="pass phrase")
    PrivateWord.objects.create(text=marker)


def add_model(marker: str, now: datetime) -> None:
    model_at("http://127.0.0.1:9/v1")
    LlmCall.objects.create(
        digest=marker,
        purpose="describe",
        state=LlmCall.State.values[-1],
        base_url="http://127.0.0.1:9/v1",
        model="model-1",
        messages=[{"role": "user", "content": f"{marker} question"}],
        reply="{}",
        asked_at=now,
    )
