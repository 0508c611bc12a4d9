"""Who looked at whose figures: kept once an hour, shown to whom it is about, and forgotten after a year."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from kpis.models import ProfileLook
from kpis.tasks import expire_looks
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import MEMBER, OTHER_MEMBER, link

ADAS, BENS, TEAM = f"/technicians/{MEMBER}/", f"/technicians/{OTHER_MEMBER}/", "/admin/team/"


@pytest.fixture
def seen(sign_in):
    """What Ada reads on the own page of who looked."""

    def read() -> list[tuple[str, str, str]]:
        with tenant("north"):
            if not User.objects.filter(member_link__member_id=MEMBER).exists():
                link()
        looks = sign_in("technician").get("/me/").context["looks"]
        return [(look.username, look.role, str(look.page)) for look in looks]

    return read


def test_a_look_is_shown_to_whom_it_was_at_and_to_nobody_else(sign_in, seen):
    sign_in("manager").get(ADAS)
    sign_in("owner").get(BENS)
    assert seen() == [("manager", "manager", "profile")]
    text = sign_in("technician").get("/me/").content.decode()
    looks = text[text.index('id="looks"') :]
    assert "manager" in looks
    assert "Manager" in looks
    assert "owner" not in looks


def test_looks_of_one_hour_count_once_and_of_another_again(sign_in, seen):
    client = sign_in("manager")
    for _ in range(3):
        client.get(ADAS)
    assert len(seen()) == 1
    with tenant("north"):
        earlier = timezone.now() - timedelta(hours=2)
        ProfileLook.objects.update(looked_at=earlier, hour=earlier.replace(minute=0, second=0, microsecond=0))
    client.get(ADAS)
    assert len(seen()) == 2


def test_the_work_behind_a_figure_and_the_teams_page_are_looks_of_their_own(sign_in, seen):
    client = sign_in("manager")
    for address in (ADAS, f"{ADAS}work/tickets/", f"{ADAS}work/time/", TEAM, TEAM):
        assert client.get(address).status_code == 200
    assert sorted(page for _who, _role, page in seen()) == ["profile", "team", "work"]


def test_ones_own_page_is_no_look_at_somebody_else(sign_in, seen):
    client = sign_in("manager")
    with tenant("north"):
        link("manager", MEMBER)
    for address in ("/me/", ADAS, f"{ADAS}work/tickets/"):
        assert client.get(address).status_code == 200
    with tenant("north"):
        assert not ProfileLook.objects.exists()


def test_who_is_refused_saw_nothing(sign_in):
    for role, address in (("technician", ADAS), ("technician", TEAM), ("manager", "/technicians/987654/")):
        assert sign_in(role).get(address).status_code in {403, 404}
    with tenant("north"):
        assert not ProfileLook.objects.exists()


@pytest.mark.parametrize(("mode", "told"), [("named", ["team"]), ("pseudonymous", []), ("own_only", [])])
def test_the_teams_page_is_a_look_only_where_it_names_people(sign_in, seen, mode, told):
    with tenant("north"):
        factories.settings(privacy_mode=mode)
    assert sign_in("manager").get(TEAM).status_code == 200
    assert [page for _who, _role, page in seen()] == told


def test_looks_of_one_tenant_are_none_in_another(sign_in):
    sign_in("manager").get(ADAS)
    with tenant("south"):
        assert not ProfileLook.objects.exists()


def test_looks_are_shown_for_90_days_and_kept_for_a_year(sign_in, seen):
    for schema in ("north", "south"):
        with tenant(schema):
            for days in (1, 89, 91, 364, 366):
                moment = timezone.now() - timedelta(days=days)
                about = {"member_id": MEMBER, "username": "owner", "role": "owner", "page": "profile"}
                ProfileLook.objects.create(looked_at=moment, hour=moment, **about)
    assert len(seen()) == 2
    expire_looks(schema="north")
    with tenant("north"):
        assert ProfileLook.objects.count() == 4
    with tenant("south"):
        assert ProfileLook.objects.count() == 5


def test_a_look_outlasts_the_account_it_was_from(sign_in, seen):
    sign_in("manager").get(ADAS)
    with tenant("north"):
        User.objects.get(username="manager").delete()
    assert seen() == [("manager", "manager", "profile")]
