"""What owners do with a connection that runs, and what its pages say."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from connectors import health, listening
from connectors.errors import Retry, StopStream
from connectors.models import Connection, Listening, StreamState, SyncRun
from connectors.tasks import read_again, replay_connection, sync_connection
from connectors.turns import exclusively
from tenants.context import tenant

FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}
POSTED = ("test", "sync", "pause", "listen")
PAGES = ("again", "replay", "progress")


@pytest.fixture
def link(both) -> Connection:
    with tenant("north"):
        return Connection.objects.get(vendor="connectwise")


@pytest.fixture
def place(link):
    return lambda action: f"/admin/connectors/connection/{link.pk}/{action}/"


@pytest.fixture
def queued(monkeypatch) -> list[tuple[str, dict]]:
    """The work that was put on the queue."""
    asked: list[tuple[str, dict]] = []
    for task in (sync_connection, read_again, replay_connection):
        monkeypatch.setattr(task, "delay", lambda task=task, **named: asked.append((task.name, named)))
    return asked


def fresh(link: Connection) -> Connection:
    with tenant("north"):
        link.refresh_from_db()
    return link


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["manager", "technician"])
@pytest.mark.parametrize("action", [*POSTED, *PAGES])
def test_only_owners_operate_connections(sign_in, place, queued, link, role, action):
    client = sign_in(role)
    sent = {"since": "2026-01-01", "wanted": "pause"}
    assert client.post(place(action), sent).status_code in {403, 404}
    assert client.get(place(action)).status_code in {403, 404, 405}
    assert queued == []
    assert fresh(link).is_enabled


@pytest.mark.parametrize("action", POSTED)
def test_a_link_alone_changes_nothing(sign_in, place, action):
    assert sign_in("owner").get(place(action)).status_code == 405


@pytest.mark.parametrize("action", [*POSTED, *PAGES])
def test_a_connection_that_is_not_there_is_not_found(sign_in, action):
    address = f"/admin/connectors/connection/987654/{action}/"
    assert sign_in("owner").post(address, {"since": "2026-01-01"}).status_code == 404


# --- pausing --------------------------------------------------------------------------------------


def test_a_connection_is_paused_and_resumed(sign_in, place, link):
    client = sign_in("owner")
    text = client.post(place("pause"), {"wanted": "pause"}, follow=True).content.decode()
    assert not fresh(link).is_enabled
    assert "Paused" in text
    assert "Nothing is read until somebody resumes it." in text
    assert "Sync now" not in text
    text = client.post(place("pause"), {"wanted": "resume"}, follow=True).content.decode()
    assert fresh(link).is_enabled
    assert "Sync now" in text
    assert client.get(place("history")).content.decode().count("Paused: nothing is read") == 1


def test_pausing_is_the_own_tenants_alone(sign_in, place):
    sign_in("owner").post(place("pause"), {"wanted": "pause"})
    with tenant("south"):
        assert Connection.objects.get(vendor="connectwise").is_enabled


# --- reading again, replaying ---------------------------------------------------------------------


def test_reading_again_is_asked_for_and_then_started_from_midnight_where_the_tenant_is(
    sign_in, place, queued, link
):
    client = sign_in("owner")
    page = client.get(place("again")).content.decode()
    assert "asked for again" in page
    assert f'value="{timezone.localdate() - timedelta(days=30)}"' in page
    assert queued == []
    page = client.post(place("again"), {"since": "2026-01-15"}, follow=True).content.decode()
    assert "Reading again has been started." in page
    arguments = {"schema": "north", "connection_id": link.pk, "since": "2026-01-15T00:00:00-05:00"}
    assert queued == [("connectors.read_again", arguments)]


@pytest.mark.parametrize(
    ("since", "complaint"),
    [
        ("", "This field is required."),
        ("soon", "Enter a valid date."),
        ("2126-01-01", "This day is still to come."),
    ],
)
def test_an_odd_day_is_refused_in_words(sign_in, place, queued, since, complaint):
    assert complaint in sign_in("owner").post(place("again"), {"since": since}).content.decode()
    assert queued == []


def test_a_replay_is_explained_and_then_started(sign_in, place, queued, link):
    client = sign_in("owner")
    assert "without asking it" in client.get(place("replay")).content.decode()
    assert queued == []
    assert "The replay has been started." in client.post(place("replay"), follow=True).content.decode()
    assert queued == [("connectors.replay_connection", {"schema": "north", "connection_id": link.pk})]


@pytest.mark.parametrize("action", ["sync", "again", "replay"])
def test_a_queue_that_is_down_is_said_in_words(sign_in, place, monkeypatch, action):
    def fail(**_):
        raise OperationalError

    for task in (sync_connection, read_again, replay_connection):
        monkeypatch.setattr(task, "delay", fail)
    text = sign_in("owner").post(place(action), {"since": "2026-01-01"}, follow=True).content.decode()
    assert "It could not be started" in text


# --- watching -------------------------------------------------------------------------------------

LOOKS_AGAIN = 'http-equiv="refresh"'


def test_the_page_of_progress_waits_watches_and_ends(sign_in, place, queued, link):
    client = sign_in("owner")
    address = client.post(place("sync")).headers["Location"]
    waiting = client.get(address).content.decode()
    assert "Waiting for a worker" in waiting
    assert LOOKS_AGAIN in waiting
    with tenant("north"), exclusively(link):
        run = SyncRun.objects.create(
            connection=link, stream="time_entries", mode="backfill", started_at=timezone.now(), rows_seen=1234
        )
        running = client.get(address).content.decode()
    assert "1234" in running
    assert LOOKS_AGAIN in running
    with tenant("north"):
        SyncRun.objects.filter(pk=run.pk).update(status="ok", finished_at=timezone.now())
    ended = client.get(address).content.decode()
    assert "Finished" in ended
    assert "time_entries" in ended
    assert LOOKS_AGAIN not in ended


@pytest.mark.parametrize("since", ["", "yesterday", "2020-01-01T00:00:00Z", "2020-01-01"])
def test_an_edited_address_of_progress_is_no_error(sign_in, place, since):
    page = sign_in("owner").get(place("progress"), {"since": since})
    assert page.status_code == 200
    assert LOOKS_AGAIN not in page.content.decode()


# --- being told of changes ------------------------------------------------------------------------


@pytest.fixture
def vendor(monkeypatch) -> list[tuple[str, str]]:
    """What a vendor was asked for."""
    asked: list[tuple[str, str]] = []

    def start(link: Connection, origin: str) -> None:
        asked.append(("start", origin))
        Listening.objects.update_or_create(connection=link, defaults={"address": f"{origin}/hooks/"})

    def stop(link: Connection) -> None:
        asked.append(("stop", ""))
        Listening.objects.update(address="")

    monkeypatch.setattr(listening, "start", start)
    monkeypatch.setattr(listening, "stop", stop)
    return asked


def test_a_vendor_is_asked_to_call_this_host_and_to_stop(sign_in, place, vendor):
    client = sign_in("owner")
    text = client.post(place("listen"), {"wanted": "start"}, follow=True, secure=True).content.decode()
    assert "it has not yet" in text
    assert "No longer be told" in text
    text = client.post(place("listen"), {"wanted": "stop"}, follow=True).content.decode()
    assert vendor == [("start", "https://north.localhost"), ("stop", "")]
    assert "No longer be told" not in text


def test_without_https_no_vendor_is_asked_to_call(sign_in, place, vendor, settings):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    text = sign_in("owner").post(place("listen"), {"wanted": "start"}, follow=True).content.decode()
    assert "over https only" in text
    assert vendor == []


def test_a_vendor_that_refuses_is_said_in_its_words(sign_in, place, monkeypatch):
    def refuse(*_):
        raise StopStream("The role may not register callbacks.")

    monkeypatch.setattr(listening, "start", refuse)
    text = sign_in("owner").post(place("listen"), {"wanted": "start"}, follow=True).content.decode()
    assert "The role may not register callbacks." in text


def test_the_key_of_the_address_is_on_no_page(sign_in, place, vendor, link):
    client = sign_in("owner")
    client.post(place("listen"), {"wanted": "start"}, secure=True)
    with tenant("north"):
        key = Listening.objects.get().key
    for action in ("change", "history", "progress"):
        assert key not in client.get(place(action)).content.decode()


def test_a_system_that_does_not_call_offers_no_such_button(sign_in, place, link):
    with tenant("north"):
        Connection.objects.filter(pk=link.pk).update(vendor="something-else")
    assert "Get told of changes" not in sign_in("owner").get(place("change")).content.decode()


# --- what its pages say ---------------------------------------------------------------------------


def test_the_page_says_how_far_everything_is_and_what_comes_next(sign_in, place, link):
    with tenant("north"):
        StreamState.objects.create(
            connection=link,
            stream="tickets",
            cursor=timezone.now() - timedelta(minutes=12),
            position={"after": "7"},
        )
    page = sign_in("owner").get(place("change"))
    text = page.content.decode()
    assert "The newest change that is here was made 12" in text
    assert "Next sync: by" in text
    assert "next search for deletions:" in text
    (tickets,) = [each for each in page.context["streams"] if each.name == "tickets"]
    assert (tickets.records, tickets.is_unfinished) == (3, True)
    assert page.context["next_sync"] >= timezone.now() - timedelta(seconds=5)
    assert page.context["next_sweep"] > timezone.now()


def late(link: Connection) -> None:
    Connection.objects.filter(pk=link.pk).update(
        status="ok", last_success_at=timezone.now() - timedelta(hours=2)
    )


def failing(link: Connection) -> None:
    health.remember(link, [Retry("The desk is down.")], "The desk is down.")


@pytest.mark.parametrize(
    ("trouble", "word", "sentence"),
    [(late, "Late", "No sync has been completed since then"), (failing, "Failing", "The desk is down.")],
)
def test_trouble_is_on_the_list_and_on_the_page_with_since_and_what_to_do(
    sign_in, place, link, trouble, word, sentence
):
    with tenant("north"):
        trouble(link)
    client = sign_in("owner")
    for address in (place("change"), "/admin/connectors/connection/"):
        text = client.get(address).content.decode()
        assert word in text, address
        assert sentence in text, address
        assert "ince " in text, address


def test_the_pages_speak_french(sign_in, place, queued, link):
    client = sign_in("owner")
    with tenant("north"):
        late(link)
    assert "En retard" in client.get(place("change"), **FRENCH).content.decode()
    assert "Être averti aussitôt" in client.get(place("change"), **FRENCH).content.decode()
    assert "À partir de ce jour" in client.get(place("again"), **FRENCH).content.decode()
    assert "derniers jours" in client.get(place("replay"), **FRENCH).content.decode()
    assert "En attente" in client.post(place("sync"), follow=True, **FRENCH).content.decode()
