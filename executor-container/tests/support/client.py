"""A client that speaks the protocol as the Worker does: one fresh token per request."""

import itertools
import json
import time
from typing import Any

import httpx
import jwt
from prometheus_client.parser import text_string_to_metric_families

SECRET = "test-secret-" + "0123456789abcdef" * 2
_numbers = itertools.count(int(time.time() * 1000))


def new_id() -> str:
    return f"exec_{next(_numbers)}"


def token(execution: str, secret: str = SECRET, **changes: Any) -> str:
    claims = {"aud": "executor", "exp": int(time.time()) + 50, "jti": execution, **changes}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm="HS256")


def headers(execution: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(execution)}"}


def card(code: str, **more: Any) -> dict[str, Any]:
    """A render request without data, unless `more` brings some."""
    return {"executionId": new_id(), "author": "user_1", "code": code, "entry": "render", **more}


class Client:
    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx.Client(base_url=base, timeout=60, trust_env=False)

    def health(self) -> dict[str, Any]:
        return self.http.get("/health").json()

    def metrics(self) -> dict[tuple[str, ...], float]:
        """By name and label values."""
        response = self.http.get("/metrics")
        assert response.status_code == 200 and response.headers["content-type"].startswith("text/plain; version=0.0.4")
        return {
            (sample.name.removeprefix("cardinal_executor_"), *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(response.text)
            for sample in family.samples
        }

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.http.post(path, json=body, headers=headers(body["executionId"]))

    def render(self, code: str, **more: Any) -> dict[str, Any]:
        """The answer's JSON with its HTTP status under `http`."""
        response = self.post("/v1/render", card(code, **more))
        return {**response.json(), "http": response.status_code}

    def frames(self, path: str, content: bytes, execution: str) -> list[tuple[dict[str, Any], bytes]]:
        """Every frame of a streamed answer."""
        response = self.http.post(path, content=content, headers=headers(execution))
        assert response.status_code == 200, response.text
        return read_frames(response.content)


def read_frames(stream: bytes) -> list[tuple[dict[str, Any], bytes]]:
    frames = []
    while stream:
        line, _, stream = stream.partition(b"\n")
        frame = json.loads(line)
        size = frame.get("bytes", 0)
        frames.append((frame, stream[:size]))
        stream = stream[size:]
    return frames
