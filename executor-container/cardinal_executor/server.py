"""The HTTP face: token, form and size of a request, a place in the queue, the answer in the protocol's words."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from .auth import TokenGate
from .errors import ExecutorError
from .protocol import RenderRequest
from .sandbox.slots import Slots
from .services import Services

MAX_BODY = 16 << 20
log = logging.getLogger("cardinal.executor")
T = TypeVar("T", bound=BaseModel)


def create_app(services: Services) -> FastAPI:
    """The application over running services; they are closed when it shuts down."""
    settings = services.settings
    gate = TokenGate(settings.secret)
    cards = Slots(settings.card_slots, settings.card_slots // 2, settings.queue_cards, retry_after=1)
    workers = ThreadPoolExecutor(
        2 * settings.card_slots, "card"
    )  # a place is free at the answer; the child is reaped after

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        workers.shutdown(wait=False, cancel_futures=True)
        services.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(ExecutorError)
    async def refuse(request: Request, error: ExecutorError) -> Response:
        return _error_response(error)

    @app.get("/health")
    async def health() -> dict[str, Any]:
        return {**services.health, "slots": cards.total, "busy": cards.busy, "queued": cards.queued}

    @app.post("/v1/render")
    async def render(request: Request) -> Response:
        execution = gate.check(request.headers.get("authorization"))
        card = parse(RenderRequest, await read_body(request, MAX_BODY), execution)
        waiting = time.perf_counter()
        ticket = await cards.acquire(card.author)
        queue_ms = (time.perf_counter() - waiting) * 1e3
        work = Work(lambda answer: services.cards.render(card, queue_ms, answer), lambda: cards.release(ticket))
        answer = await work.start(workers)
        _log("render", card.executionId, answer, queue_ms)
        return _error_response(answer) if isinstance(answer, ExecutorError) else _json(answer)

    return app


class Work:
    """A blocking job on a worker thread that answers before it is done.  Its place is given back at the answer, whoever still
    waits for it: what follows is the end of a killed process."""

    def __init__(self, job: Callable[[Callable[[Any], None]], None], release: Callable[[], None]) -> None:
        self._job = job
        self._release = release
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Any] = self._loop.create_future()

    async def start(self, workers: ThreadPoolExecutor) -> Any:
        workers.submit(self._run)
        return await asyncio.shield(self._answer)

    def _run(self) -> None:
        try:
            self._job(lambda answer: self._loop.call_soon_threadsafe(self._settle, answer))
        except Exception:
            log.exception("internal_error")
            self._loop.call_soon_threadsafe(self._settle, ExecutorError("executor_lost", "The run was interrupted."))

    def _settle(self, answer: Any) -> None:
        if self._answer.done():
            return
        self._release()
        self._answer.set_result(answer)


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


def _json(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type="application/json")


def _error_response(error: ExecutorError) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return _json(error.body(), error.status, headers)


def _log(event: str, execution: str, answer: Any, queue_ms: float) -> None:
    """One line an operation.  No code, no data, no message: those are the author's."""
    outcome = answer.code if isinstance(answer, ExecutorError) else answer["status"]
    timings = {} if isinstance(answer, ExecutorError) else answer.get("timings", {})
    line = {"event": event, "execution": execution, "outcome": outcome, "queueMs": round(queue_ms, 1), **timings}
    log.info(json.dumps(line))
