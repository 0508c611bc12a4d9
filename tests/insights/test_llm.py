"""One request to a language model, as its bytes arrive: what is said, what is not, and where it may go."""

import ast
import ssl
import traceback
from collections.abc import Iterator

import pytest

from config.embedded import PROJECT
from connectors.simulators.certificates import make_certificates
from insights import llm
from insights.asking.troubles import Failed, Stop, Trouble, TryAgain
from insights.llm import Abilities, Limits, Server, ask
from tests.insights.asked import KEY, QUICK, SCHEMA
from tests.insights.llm_server import LlmServer

MESSAGES = [{"role": "system", "content": "Answer."}, {"role": "user", "content": "Is it ok?"}]
CALM = Limits(deadline_seconds=20)


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer(write=lambda payload: '{"ok": true}') as running:
        yield running


def at(server: LlmServer, **fields) -> Server:
    return Server(**{"base_url": server.base_url, "model": "model-1", "key": KEY} | fields)


def test_a_schema_is_sent_strictly_with_a_limit_and_without_chance(server):
    reply = ask(at(server), MESSAGES, SCHEMA, limits=CALM)
    sent = server.requests[0]
    assert sent.path == "/v1/chat/completions"
    assert sent.payload == {
        "model": "model-1",
        "messages": MESSAGES,
        "max_tokens": 4000,
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
        },
    }
    assert (reply.text, reply.mode, reply.request_id) == ('{"ok": true}', "json_schema", "req_1")


@pytest.mark.parametrize("form", ["json_object", "text"])
def test_who_is_not_given_the_schema_is_told_it_after_the_first_message(server, form):
    abilities = Abilities(form=form, limit_name="max_completion_tokens", takes_temperature=False)
    ask(at(server), MESSAGES, SCHEMA, abilities, CALM)
    sent = server.requests[0].payload
    assert sent["messages"][0] == MESSAGES[0]
    assert '"additionalProperties": false' in sent["messages"][1]["content"]
    assert sent["messages"][2] == MESSAGES[1]
    assert sent.get("response_format") == ({"type": "json_object"} if form == "json_object" else None)
    assert {"temperature", "max_tokens"} & set(sent) == set()
    assert sent["max_completion_tokens"] == 4000


def test_only_openai_itself_is_asked_not_to_store(server, monkeypatch):
    ask(at(server), MESSAGES, SCHEMA, limits=CALM)
    monkeypatch.setattr(llm, "OPENAI", "127.0.0.1")
    ask(at(server), MESSAGES, SCHEMA, limits=CALM)
    assert [seen.payload.get("store", "not said") for seen in server.requests] == ["not said", False]
    assert llm.default_abilities(at(server)).limit_name == "max_completion_tokens"


def test_azure_of_today_is_reached_like_any_other(server):
    ask(at(server, base_url=f"http://127.0.0.1:{server.port}/openai/v1/"), MESSAGES, SCHEMA, limits=CALM)
    assert server.requests[0].path == "/openai/v1/chat/completions"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_azure_with_an_api_version_has_a_path_and_a_header_of_its_own(server):
    ask(at(server, kind="azure", api_version="2024-10-21"), MESSAGES, SCHEMA, limits=CALM)
    sent = server.requests[0]
    assert sent.path == "/openai/deployments/model-1/chat/completions?api-version=2024-10-21"
    assert sent.headers["api-key"] == KEY
    assert "authorization" not in sent.headers


def test_nothing_that_lies_about_in_the_environment_is_used(server, monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "from-the-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv(
        "OPENAI_CUSTOM_HEADERS", "Authorization: from-the-environment\nX-More: from-the-environment"
    )
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    ask(at(server), MESSAGES, SCHEMA, limits=CALM)
    ask(at(server, key=""), MESSAGES, SCHEMA, limits=CALM)
    ask(at(server, kind="azure", api_version="2024-10-21"), MESSAGES, SCHEMA, limits=CALM)
    assert b"from-the-environment" not in server.received
    assert [seen.headers.get("authorization") for seen in server.requests] == [f"Bearer {KEY}", None, None]


def test_nothing_is_told_of_this_machine(server):
    ask(at(server), MESSAGES, SCHEMA, limits=CALM)
    headers = server.requests[0].headers
    told = {"host", "content-length", "content-type", "accept", "accept-encoding", "connection", "user-agent"}
    assert set(headers) == told | {"authorization", "x-stainless-raw-response"}
    assert (headers["user-agent"], headers["accept-encoding"]) == ("Deskmetry", "identity")


@pytest.mark.parametrize(
    "behaviour", ["bad_key", "forbidden", "key_in_500", "reset", "silent", "html", "bad_request"]
)
def test_the_key_is_in_no_error_no_log_and_no_repr(server, behaviour, caplog):
    caplog.set_level("DEBUG")
    server.behave(behaviour)
    asked = at(server)
    with pytest.raises(Failed) as failure:
        ask(asked, MESSAGES, SCHEMA, limits=QUICK)
    told = "".join(traceback.format_exception(failure.value)) + repr(vars(failure.value))
    assert KEY in server.received.decode()
    for canary in (KEY, KEY[-8:]):
        assert canary not in told + caplog.text + repr(asked) + str(asked)


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:1/v1", "https://10.0.0.7/v1", "https://169.254.169.254/v1"]
)
def test_inside_networks_is_asked_only_where_the_deployment_opts_in(settings, base_url):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    with pytest.raises(Stop) as failure:
        ask(Server(base_url, "model-1"), MESSAGES, SCHEMA)
    assert failure.value.trouble == Trouble.HOST


def test_a_host_that_is_not_found_may_be_found_later(settings):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    with pytest.raises(TryAgain) as failure:
        ask(Server("https://no-such-host.invalid/v1", "model-1"), MESSAGES, SCHEMA)
    assert failure.value.trouble == Trouble.UNREACHABLE


def test_a_certificate_is_trusted_only_if_the_deployment_vouches_for_it(tmp_path, settings):
    certificates = make_certificates(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificates.certificate, certificates.key)
    with LlmServer(tls=tls) as server:
        with pytest.raises(Stop) as failure:
            ask(at(server), MESSAGES, SCHEMA, limits=CALM)
        assert (failure.value.trouble, server.requests) == (Trouble.CERTIFICATE, [])
        settings.VENDOR_CA_BUNDLE = str(certificates.authority)
        assert ask(at(server), MESSAGES, SCHEMA, limits=CALM).text == '{"ok": true}'


def test_only_one_module_knows_the_sdk_and_loads_it_when_it_is_needed():
    importers = {}
    for app in ("config", "tenants", "connectors", "kpis", "insights"):
        for path in (PROJECT / app).rglob("*.py"):
            text = path.read_text()
            tree = ast.parse(text if "openai" in text or "httpx2" in text else "")
            found = [node for node in ast.walk(tree) if imports(node) & {"openai", "httpx2"}]
            if found:
                importers[str(path.relative_to(PROJECT))] = any(node in tree.body for node in found)
    assert importers == {"insights/llm.py": False}


def imports(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) else set()
