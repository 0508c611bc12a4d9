"""One shape for every error, whatever went wrong and wherever."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client
from rest_framework import exceptions

from kpis.api import KpiDays


def failing(monkeypatch, error: Exception) -> None:
    def fail(*_):
        raise error

    monkeypatch.setattr(KpiDays, "visible", fail)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.ValidationError({"a": ["is odd."]}), 400, "invalid"),
        (exceptions.ValidationError("is odd."), 400, "invalid"),
        (exceptions.ParseError(), 400, "parse_error"),
        (SuspiciousOperation("odd"), 400, "parse_error"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (PermissionDenied("inside"), 403, "permission_denied"),
        (exceptions.NotFound(), 404, "not_found"),
        (Http404("inside"), 404, "not_found"),
        (exceptions.MethodNotAllowed("GET"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.Throttled(wait=90), 429, "throttled"),
        (ZeroDivisionError("inside"), 500, "server_error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_has_the_same_shape(bi, monkeypatch, error, status, code):
    failing(monkeypatch, error)
    answer = bi.get("/api/v1/kpi-daily/")
    told = answer.json()
    assert answer.status_code == status
    assert list(told) == ["error"]
    assert list(told["error"]) == ["code", "message", "details"]
    assert told["error"]["code"] == code
    assert "inside" not in answer.content.decode()


def test_the_log_gets_what_the_client_does_not(bi, monkeypatch, caplog):
    failing(monkeypatch, ZeroDivisionError("inside"))
    with caplog.at_level(logging.ERROR):
        bi.get("/api/v1/kpi-daily/?from_date=2026-03-01")
    record = next(record for record in caplog.records if record.name == "tenants.api.errors")
    assert record.getMessage() == "GET /api/v1/kpi-daily/ failed"
    assert "inside" in caplog.text
    assert bi.token not in caplog.text


def test_who_is_throttled_is_told_when_to_come_back(bi, monkeypatch):
    failing(monkeypatch, exceptions.Throttled(wait=90))
    assert bi.get("/api/v1/kpi-daily/")["Retry-After"] == "90"


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/nope/", "/api/v2/", "/api/v1/tickets/1/", "/api/%00", "/api/é"]
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_answered_in_json(bi, path, method):
    ask = getattr(Client(), method)
    answer = ask(path, headers={"host": "127.0.0.1", "authorization": f"Bearer {bi.token}"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert "/api/v1/" in answer.json()["error"]["message"]


def test_a_forgotten_slash_is_forgiven(bi):
    answer = bi.get("/api/v1/kpi-daily?page_size=5")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/kpi-daily/?page_size=5")


@pytest.mark.parametrize("accept", ["text/csv", "text/html", "application/xml", "nonsense"])
def test_what_is_not_offered_is_refused(bi, accept):
    answer = bi.get("/api/v1/tickets/", accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/json")
    assert answer.json()["error"]["message"] == "Only application/json is served here."


def test_a_browser_is_shown_json(bi):
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert bi.get("/api/v1/", accept=accept)["Content-Type"] == "application/json"
