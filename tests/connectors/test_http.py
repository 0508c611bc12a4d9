"""The door to vendors: what is tried again, what is told at once, and which addresses are refused."""

from datetime import UTC, datetime

import httpx
import pytest

from connectors.errors import Retry, StopConnection, StopStream, Unanswered
from connectors.http import Answer, Http, refuse_forbidden_host
from connectors.pacing import Pace


@pytest.fixture
def ask(quick_http, naps):
    """Ask a server that gives these answers in turn, the last one for ever."""

    def get(*answers, judge=lambda answer: None):
        left = list(answers)

        def serve(request):
            answer = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        door = Http({"Authorization": "Basic c2VjcmV0"}, judge, ["http://vendor.example"])
        door._client = httpx.Client(transport=httpx.MockTransport(serve), headers=door._client.headers)
        return door.get("http://vendor.example/things", lambda answer: answer.body)

    return get


@pytest.mark.parametrize(
    ("trouble", "tries", "words"),
    [
        (httpx.ReadTimeout(""), 3, "broke off the answer (ReadTimeout)"),
        (httpx.ConnectTimeout(""), 3, "cannot be reached (it does not answer)"),
        (httpx.RemoteProtocolError("x"), 6, "broke off the answer"),
        (httpx.ConnectError("[Errno 111] Connection refused"), 6, "cannot be reached ([Errno 111]"),
        (httpx.ConnectError("[Errno -3] Temporary failure in name resolution"), 6, "cannot be reached"),
    ],
)
def test_passing_trouble_is_given_six_tries_and_half_of_them_where_each_takes_long(
    ask, naps, trouble, tries, words
):
    with pytest.raises(Unanswered) as problem:
        ask(trouble)
    assert f"vendor.example {words}" in str(problem.value)
    assert len(naps) == tries - 1
    assert naps == sorted(naps) or max(naps) < 60
    assert ask(trouble, trouble, httpx.Response(200, content=b"[]")) == b"[]"


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"),
            "a certificate that is not trusted",
        ),
        (httpx.ConnectError("[Errno -2] Name or service not known"), "There is no host"),
        (httpx.InvalidURL("bad"), "is not an address"),
    ],
)
def test_lasting_trouble_is_told_at_once(ask, naps, trouble, words):
    with pytest.raises(StopConnection, match=words):
        ask(trouble)
    assert naps == []


@pytest.mark.parametrize(("seconds", "waited"), [(60, [60] * 5), (61, []), (86_400, [])])
def test_whoever_is_told_to_wait_for_long_leaves_it_to_the_next_run(ask, naps, seconds, waited):
    def slow_down(_):
        raise Retry("slow down", after_seconds=seconds)

    with pytest.raises(Retry):
        ask(httpx.Response(200), judge=slow_down)
    assert naps == waited


def test_the_vendors_clock_is_read_from_its_answers():
    when = datetime(2026, 3, 2, 15, tzinfo=UTC)
    said = {"date": "Mon, 02 Mar 2026 15:00:00 GMT"}
    assert Answer(200, said, b"", "").vendor_time == when
    for nonsense in ({}, {"date": ""}, {"date": "yesterday"}):
        assert Answer(200, nonsense, b"", "").vendor_time is None


def test_public_addresses_are_allowed(settings, monkeypatch):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    monkeypatch.setattr("connectors.http._addresses", lambda host, port: ["93.184.216.34"])
    refuse_forbidden_host("https://na.myconnectwise.net")
    monkeypatch.setattr("connectors.http._addresses", lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(StopConnection, match="inside a private network"):
        refuse_forbidden_host("https://rebound.example")


def test_a_link_to_a_foreign_host_is_not_followed(quick_http, naps):
    door = Http({"Authorization": "Basic c2VjcmV0"}, lambda answer: None, ["http://vendor.example"])
    for url in ("http://elsewhere.example/next", "https://vendor.example/next", "http://vendor.example:81/"):
        with pytest.raises(StopStream, match="Nothing was sent there"):
            door.get(url, lambda answer: answer.body)


def test_a_redirection_is_not_followed(ask):
    with pytest.raises(StopStream, match="not followed"):
        ask(httpx.Response(302, headers={"location": "http://elsewhere.example/"}))


def test_an_answer_that_drips_in_is_given_up(ask, monkeypatch, naps):
    monkeypatch.setattr("connectors.http.ANSWER_SECONDS", -1)
    with pytest.raises(Retry, match="for one answer"):
        ask(httpx.Response(200, content=b"[]"))


def test_an_answer_without_end_is_refused(ask, monkeypatch):
    monkeypatch.setattr("connectors.http.LARGEST_ANSWER_BYTES", 10)
    with pytest.raises(StopStream, match="without end"):
        ask(httpx.Response(200, content=b"[" + b"1" * 20))


def test_a_form_is_sent_as_one(quick_http):
    sent = []

    def serve(request):
        sent.append((request.method, request.headers["content-type"], request.content))
        return httpx.Response(200, json={})

    door = Http({}, lambda answer: None, ["http://vendor.example"])
    door._client = httpx.Client(transport=httpx.MockTransport(serve))
    door.post("http://vendor.example/token", lambda answer: answer.status, form={"scope": "a b"})
    assert sent == [("POST", "application/x-www-form-urlencoded", b"scope=a+b")]


def test_a_pace_lets_a_burst_through_and_then_holds_back(monkeypatch):
    now, waits = [100.0], []
    monkeypatch.setattr("connectors.pacing.time.monotonic", lambda: now[0])
    monkeypatch.setattr("connectors.pacing.time.sleep", waits.append)
    pace = Pace(per_minute=60, burst=3)
    for _ in range(5):
        pace.wait()
    assert waits == [1.0, 2.0]
    now[0] += 60
    pace.wait()
    assert len(waits) == 2
