import pytest
from django.core.exceptions import ValidationError

from kpis.decisions import decide
from kpis.models import Finding
from tenants.context import tenant


@pytest.fixture
def found(sign_in) -> Finding:
    with tenant("north"):
        return Finding.objects.get()


def post(client, found, **sent):
    response = client.post(f"/admin/kpis/finding/{found.pk}/decide/", sent, follow=True)
    with tenant("north"):
        found.refresh_from_db()
    return response.content.decode()


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_finding_is_not_dismissed_without_a_reason(sign_in, found, reason):
    text = post(sign_in("manager"), found, status="dismissed", reason=reason)
    assert "Say why this finding is dismissed" in text
    assert found.status == "open"


def test_a_dismissed_finding_keeps_reason_and_name(sign_in, found):
    post(sign_in("manager"), found, status="dismissed", reason="Planned migration")
    with tenant("north"):
        assert (found.status, found.status_reason, found.status_changed_by.username) == (
            "dismissed",
            "Planned migration",
            "manager",
        )
    text = sign_in("owner").get(f"/admin/kpis/finding/{found.pk}/change/").content.decode()
    assert "Planned migration" in text


@pytest.mark.parametrize("status", ["expired", "", "gone"])
def test_only_people_decisions_are_accepted(sign_in, found, status):
    with tenant("north"), pytest.raises(ValidationError):
        decide(found, status, "", found.status_changed_by)


def test_several_findings_are_acknowledged_at_once(sign_in, found):
    sent = {"action": "acknowledge", "_selected_action": [found.pk]}
    sign_in("manager").post("/admin/kpis/finding/", sent)
    with tenant("north"):
        found.refresh_from_db()
    assert found.status == "acknowledged"


def test_what_is_dismissed_leaves_the_dashboard(sign_in, found):
    client = sign_in("manager")
    assert "north-marker finding" in client.get("/admin/").content.decode()
    post(client, found, status="dismissed", reason="Known")
    assert "north-marker finding" not in client.get("/admin/").content.decode()
