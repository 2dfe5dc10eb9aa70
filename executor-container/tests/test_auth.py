"""Who may ask the executor: a fresh token of the Worker's, for this execution, once."""

import base64
import json
import time

import pytest

from support.client import SECRET, Client, card, headers, new_id, token

CODE = "def render(d, f, p):\n    return 'ran'"


def unsigned(execution: str) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, {"aud": "executor", "exp": int(time.time()) + 30, "jti": execution}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def ask(client: Client, authorization: str | None, execution: str) -> tuple[int, str]:
    sent = {} if authorization is None else {"Authorization": authorization}
    response = client.http.post("/v1/render", json={**card(CODE), "executionId": execution}, headers=sent)
    return response.status_code, response.json().get("code", response.json()["status"])


@pytest.mark.parametrize(
    "make",
    [
        lambda _: None,
        lambda _: "Bearer",
        lambda _: "Bearer nonsense",
        lambda execution: f"Basic {token(execution)}",
        lambda execution: f"Bearer {token(execution, secret=SECRET + 'x')}",
        lambda execution: f"Bearer {token(execution, aud='worker')}",
        lambda execution: f"Bearer {token(execution, aud=None)}",
        lambda execution: f"Bearer {token(execution, exp=int(time.time()) - 1)}",
        lambda execution: f"Bearer {token(execution, exp=int(time.time()) + 600)}",
        lambda execution: f"Bearer {token(execution, exp=None)}",
        lambda execution: f"Bearer {token(execution, jti=None)}",
        lambda _: f"Bearer {token('another')}",
        lambda execution: f"Bearer {unsigned(execution)}",
    ],
)
def test_anything_but_a_fresh_token_for_this_execution_is_refused(client: Client, make) -> None:
    execution = new_id()
    assert ask(client, make(execution), execution) == (401, "unauthorized")


def test_a_token_is_good_once(client: Client) -> None:
    execution = new_id()
    authorization = f"Bearer {token(execution)}"
    assert ask(client, authorization, execution) == (200, "ok")
    assert ask(client, authorization, execution) == (401, "unauthorized")
    assert ask(client, f"Bearer {token(execution)}", execution) == (401, "unauthorized")


def test_health_needs_no_token_and_says_what_serves(client: Client) -> None:
    health = client.health()
    assert health["level"] in (2, 3) and health["slots"] == 4
    assert {"tier", "missing", "outer", "busy", "queued", "versions", "image"} <= set(health)
    assert health["versions"]["pandas"].startswith("3.")


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"executionId": "x"}',
        json.dumps({**card(CODE), "entry": "transform"}).encode(),
        json.dumps({**card(CODE), "zone": "Mars/Olympus"}).encode(),
        json.dumps({**card(CODE), "filters": [{"column": "a", "type": "regex", "values": []}]}).encode(),
        json.dumps({**card(CODE), "filters": [{"column": "a", "type": "date_range", "start": "soon"}]}).encode(),
        json.dumps({**card("x" * (300 << 10))}).encode(),
    ],
)
def test_a_request_of_the_wrong_form_is_a_bad_request(client: Client, body: bytes) -> None:
    response = client.http.post("/v1/render", content=body, headers=headers(new_id()))
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def test_a_request_without_end_is_cut_off(client: Client) -> None:
    response = client.http.post("/v1/render", content=b" " * (17 << 20), headers=headers(new_id()))
    assert response.status_code == 400
