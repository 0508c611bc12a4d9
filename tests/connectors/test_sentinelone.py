"""Reading a SentinelOne console along its cursors, within its limits; devices and whose they are."""

from datetime import timedelta

import pytest

from connectors.models import RawDevice, RawSecurityAlert, StreamState, SyncRun
from connectors.pacing import Pace
from connectors.vendors.sentinelone import STREAMS
from connectors.vendors.sentinelone.client import paces
from connectors.walks import Extent
from tenants.context import tenant

from .sentinelone import is_complete
from .site import errors

VENDOR = "sentinelone"

REALLY_WAIT = Pace.wait
OK = SyncRun.Status.OK
REFUSAL = b'{"errors":[{"code":4000040,"detail":"cursor: Invalid cursor.","title":"Validation Error"}]}'
PASSING = (
    *("too-many-requests", "throttled-without-hint", "server-error", "timeout", "bad-gateway", "unavailable"),
    *("gateway-timeout", "dropped-body", "truncated-json", "reset-connection", "duplicate-page"),
    *("drifting-page", "repeated-cursor", "plain-text", "html-page", "not-found", "conflict"),
)


@pytest.fixture
def world(sentinelone):
    return sentinelone.world("north")


@pytest.fixture
def asked(sentinelone):
    """The parameters of every request for pages of threats."""
    seen = []

    def note(request, _):
        if request.path.endswith("/threats") and "countOnly" not in request.parameters:
            seen.append(dict(request.parameters))

    sentinelone.before_response(note)
    return seen


def row_of(site, alert):
    return site.one(RawSecurityAlert, external_id=alert.reference)


# --- paging ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", [None, "null", ""])
def test_each_way_to_write_the_last_page_ends_a_walk(harness, site, sentinelone, last):
    sentinelone.change("north", last_cursor=last)
    harness.page_size(5)
    assert errors(site) == {}
    assert is_complete(harness, site)


def test_changes_are_asked_for_in_order_and_with_some_overlap(site, asked):
    site.run("threats")
    (first,) = asked
    assert first == {"limit": "1000", "sortBy": "updatedAt", "sortOrder": "asc"}
    cursor = site.state("threats").cursor
    site.run("threats")
    since = cursor - timedelta(minutes=5)
    assert asked[-1] == first | {"updatedAt__gte": since.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}


@pytest.mark.parametrize("page", [2, 3])
def test_a_cursor_that_lapses_is_no_loss(harness, site, sentinelone, asked, page):
    harness.page_size(4)

    def lapse(request, response):
        if request.path.endswith("/threats") and len(asked) == page:
            response.status, response.body = 400, REFUSAL

    sentinelone.before_response(lapse)
    assert site.run("threats").status == OK
    assert "cursor" in asked[page - 1]
    assert "cursor" not in asked[page]
    assert asked[page]["updatedAt__gte"]
    assert is_complete(harness, site, "threats")


def test_a_cursor_kept_from_a_killed_sync_may_have_lapsed(harness, site, world):
    oldest = min(alert.detected_at for alert in world.alerts)
    with tenant("north"):
        position = {"after": f"{oldest.isoformat()} gone", "started": oldest.isoformat()}
        StreamState.objects.create(connection=site.link, stream="threats", position=position)
    assert site.run("threats").status == OK
    assert is_complete(harness, site, "threats")


def test_cursors_that_never_work_stop_with_the_consoles_words(harness, site, sentinelone):
    harness.page_size(4)

    def refuse(request, response):
        if "cursor" in request.parameters:
            response.status, response.body = 400, REFUSAL

    sentinelone.faults("north").add("identical-timestamps", seconds=10**7)
    sentinelone.before_response(refuse)
    said = site.run("threats").error
    assert "refused to list threats (400: Validation Error, cursor: Invalid cursor.)" in said
    assert site.state("threats").cursor is None


def test_a_repeated_cursor_is_refused(harness, site, sentinelone):
    harness.page_size(4)
    sentinelone.faults("north").add("repeated-cursor", path="threats")
    assert "sent the same page of threats twice" in site.run("threats").error
    sentinelone.faults("north").clear()
    assert site.run("threats").status == OK
    assert is_complete(harness, site, "threats")


def test_a_page_may_end_among_equal_timestamps(harness, site, sentinelone):
    sentinelone.faults("north").add("identical-timestamps", seconds=86_400)
    harness.page_size(3)
    assert errors(site) == {}
    assert is_complete(harness, site)


def test_a_record_that_slips_between_pages_is_missed_by_the_count_and_found(
    harness, site, sentinelone, asked
):
    harness.page_size(4)
    sentinelone.faults("north").add("drifting-page", path="threats", times=1, after=2)
    assert site.run("threats").status == OK
    assert is_complete(harness, site, "threats")
    assert len([parameters for parameters in asked if "cursor" not in parameters]) == 2


def test_records_that_keep_slipping_stop_the_walk_in_words(harness, site, sentinelone):
    harness.page_size(4)
    sentinelone.faults("north").add("drifting-page", path="threats")
    assert "The next sync asks for all of them again." in site.run("threats").error
    assert site.state("threats").cursor is None
    sentinelone.faults("north").clear()
    assert site.run("threats").status == OK
    assert is_complete(harness, site, "threats")


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_ends_in_the_same_data(harness, site, sentinelone, fault):
    harness.page_size(4)
    for path in ("threats", "agents", "cloud-detection", "unifiedalerts", "activities", "sites"):
        sentinelone.faults("north").add(fault, path=path, times=1, after=2)
    said = errors(site)
    assert all(sentence.endswith(".") for sentence in said.values())
    sentinelone.faults("north").clear()
    harness.later(hours=2)
    assert errors(site, extent=Extent.SWEEP) == {}
    assert errors(site) == {}
    assert is_complete(harness, site)


def test_every_list_has_a_pace_and_keeps_to_the_consoles_limits(
    harness, site, sentinelone, naps, monkeypatch
):
    assert {stream.path.partition("?")[0] for stream in STREAMS} == set(paces())
    monkeypatch.setattr(Pace, "wait", REALLY_WAIT)
    sentinelone.change("north", limits_rate=True)
    harness.page_size(1)
    assert {site.run(name).status for name in ("threats", "status_changes", "sites", "accounts")} == {OK}
    assert naps == []


# --- devices and customers ------------------------------------------------------------------------


def test_an_agent_out_of_service_is_kept_and_excluded(harness, site, world):
    site.sync()
    device = next(each for each in world.devices if each.has_edr)
    harness.later(minutes=1)
    world.retire_device(device.id)
    site.sync(Extent.SWEEP)
    (agent,) = site.all(RawDevice, hostname=device.hostname)
    assert (agent.is_excluded, agent.is_active, agent.deleted_at) == (True, False, None)


def test_an_agent_that_is_new_since_the_walk_needs_no_second_load(harness, site, sentinelone, world):
    site.sync()
    harness.later(minutes=20)
    edit = {"edit": "add_device", "company_id": world.clients.companies.ids[0]}
    sentinelone.edit_after_page("north", "agents", 1, [edit])
    changes, sweep = site.sync(Extent.SWEEP, only="agents")
    assert (changes.rows_new, sweep.error) == (0, "")
    assert site.run("agents").error == ""
    assert is_complete(harness, site, "agents")


def test_an_alert_stays_with_the_company_where_it_was_detected(harness, site, world):
    alert = world.raise_alert(kind="trojan")
    site.sync()
    before = row_of(site, alert).customer_id
    other = next(id_ for id_ in world.clients.companies.ids if id_ != alert.company.id)
    harness.later(minutes=1)
    world.move_device(alert.device.id, other)
    world.acknowledge_alert(alert.id)
    site.sync()
    assert row_of(site, alert).customer_id == before
    assert site.one(RawDevice, hostname=alert.device.hostname).customer_id != before
    assert site.one(RawDevice, hostname=alert.device.hostname).external_id == row_of(site, alert).device_key
