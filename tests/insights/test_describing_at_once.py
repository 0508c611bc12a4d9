"""Several topics are asked about at the same time, and what is proposed is what one after the other would propose."""

import json
import time
from threading import Lock

from insights.models import LlmCall, Proposal, Topic
from insights.propose import propose
from tests.insights.asked import model_at
from tests.insights.committed import committed
from tests.insights.llm_server import LlmServer
from tests.insights.makers import NOW
from tests.insights.plausible_model import reply_to
from tests.insights.proposing import desk_problem

SUMMARIES = {
    "printer": "Cannot print on the printer upstairs",
    "vpn": "VPN drops every hour",
    "password": "Forgot my password, please reset",
    "backup": "Backup job failed again",
    "wifi": "Wi-Fi is very weak in the hall",
}


class Slowly:
    """Answers as the plausible model, a little later, and knows how many were waiting at once."""

    def __init__(self) -> None:
        self.waiting = self.most_waiting = 0
        self._lock = Lock()

    def __call__(self, payload):
        with self._lock:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
        time.sleep(0.2)
        with self._lock:
            self.waiting -= 1
        return reply_to(payload)


def what_is_proposed() -> list[tuple[str, str, str]]:
    rows = Proposal.objects.order_by("topic_id", "archetype")
    return [(row.name, row.archetype, json.dumps(row.forecast, sort_keys=True)) for row in rows]


def test_four_topics_are_asked_about_at_once_each_of_them_once(db):
    found: dict[str, list[tuple[str, str, str]]] = {}
    with LlmServer(write=(slowly := Slowly())) as server:

        def body() -> None:
            for name, summary in SUMMARIES.items():
                desk_problem(name, summary=summary)
            model_at(server.base_url)
            propose(NOW)
            assert LlmCall.objects.count() >= len(SUMMARIES)
            assert Topic.objects.filter(named_by="llm").count() == len(SUMMARIES)
            found["north"] = what_is_proposed()

        committed(body)
        committed(lambda: found.update(south=what_is_proposed()), schema="south")
    assert 2 <= slowly.most_waiting <= 4
    assert len(found["north"]) >= len(SUMMARIES)
    assert found["south"] == []
