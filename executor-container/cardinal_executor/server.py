"""The HTTP face: token, form and size of a request, the answer in the protocol's words."""

import ipaddress
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from .auth import TokenGate
from .errors import ExecutorError
from .frame_stream import FrameResponse
from .metrics import CONTENT_TYPE as METRICS_TYPE
from .metrics import Metrics
from .operations import Answer, CardJob, HeavyJob, Operation, Operations
from .protocol import (
    MAX_HEAD,
    ImportRequest,
    InspectRequest,
    RenderRequest,
    TransformPreviewRequest,
    TransformRequest,
)
from .services import Services

MAX_BODY = 16 << 20
MAX_LINE = 256 << 10  # options of an inspection
NOBODY_THERE = 499  # read by nobody
T = TypeVar("T", bound=BaseModel)


def create_app(services: Services) -> FastAPI:
    """The application over running services; they are closed when it shuts down."""
    gate = TokenGate(services.settings.secret)
    operations = Operations(services.settings)
    metrics = Metrics(operations.slots, vars(services.fleets), services.cache, services.memory)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        operations.close()
        services.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(ExecutorError)
    async def refuse(request: Request, error: ExecutorError) -> Response:
        metrics.refused(error.code)
        return error_response(error)

    @app.get("/health")
    async def health() -> dict[str, Any]:
        cards = operations.slots["card"]
        return {**services.health, "slots": cards.total, "busy": cards.busy, "queued": cards.queued}

    @app.get("/metrics")
    async def read_metrics(request: Request) -> Response:
        if not is_local(request):
            gate.check(request.headers.get("authorization"))
        return Response(metrics.text(), media_type=METRICS_TYPE)

    @app.post("/v1/render")
    async def render(request: Request) -> Response:
        execution = gate.check(request.headers.get("authorization"))
        card = parse(RenderRequest, await read_body(request, MAX_BODY), execution)
        return await answer_card(
            "render", execution, card.author, request, lambda ms, answer: services.cards.render(card, ms, answer)
        )

    @app.post("/v1/inspect")
    async def inspect(request: Request) -> Response:
        execution = gate.check(request.headers.get("authorization"))
        line, _, head = (await read_body(request, MAX_HEAD + MAX_LINE)).partition(b"\n")
        wanted = parse(InspectRequest, line, execution)
        if len(head) != wanted.bytes:
            raise ExecutorError("bad_request", f"{wanted.bytes} bytes were announced, {len(head)} came.")
        return await answer_card(
            "inspect", execution, "", request, lambda _, answer: services.inspections.inspect(wanted, head, answer)
        )

    @app.post("/v1/import")
    async def import_(request: Request) -> Response:
        execution = gate.check(request.headers.get("authorization"))
        wanted = parse(ImportRequest, await read_body(request, MAX_BODY), execution)
        return stream_heavy("import", execution, "", lambda _, stream: services.imports.run(wanted, stream))

    @app.post("/v1/transform")
    async def transform(request: Request) -> Response:
        execution = gate.check(request.headers.get("authorization"))
        wanted = parse(TransformRequest, await read_body(request, MAX_BODY), execution)
        return stream_heavy(
            "transform", execution, wanted.author, lambda ms, stream: services.transforms.run(wanted, ms, stream)
        )

    @app.post("/v1/transform/preview")
    async def preview_transform(request: Request) -> Response:
        execution = gate.check(request.headers.get("authorization"))
        wanted = parse(TransformPreviewRequest, await read_body(request, MAX_BODY), execution)
        return await answer_card(
            "transform_preview",
            execution,
            wanted.author,
            request,
            lambda ms, answer: services.transforms.preview(wanted, ms, answer),
        )

    async def answer_card(event: str, execution: str, author: str, request: Request, job: CardJob) -> Response:
        answer = await operations.answer(Operation(metrics, event, execution), author, request.receive, job)
        return Response(status_code=NOBODY_THERE) if answer is None else reply(answer)

    def stream_heavy(event: str, execution: str, author: str, job: HeavyJob) -> Response:
        stream = operations.stream(Operation(metrics, event, execution), author, job)
        return error_response(stream) if isinstance(stream, ExecutorError) else FrameResponse(stream)

    return app


def is_local(request: Request) -> bool:
    """Whether it comes from this host.  What stands for its caller may be a proxy's word, and no address at all."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, or `bad_request` as soon as it is longer than `limit`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ExecutorError("bad_request", f"The request is longer than {limit} bytes.")
    return bytes(body)


def parse(model: type[T], body: bytes, execution: str) -> T:
    """The request, whose execution id must be the token's."""
    try:
        request = model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ExecutorError("bad_request", f"{where}: {first['msg']}" if where else first["msg"]) from error
    if request.executionId != execution:  # type: ignore[attr-defined]
        raise ExecutorError("unauthorized", "The token belongs to another execution.")
    return request


def reply(answer: Answer) -> Response:
    return error_response(answer) if isinstance(answer, ExecutorError) else _json(answer)


def _json(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type="application/json")


def error_response(error: ExecutorError) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return _json(error.body(), error.status, headers)
