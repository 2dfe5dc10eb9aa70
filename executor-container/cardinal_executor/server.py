"""The HTTP face: token, form and size of a request, a place in the queue, the answer in the protocol's words."""

import asyncio
import ipaddress
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
from .frame_stream import FrameResponse, FrameStream, fail
from .metrics import CONTENT_TYPE as METRICS_TYPE
from .metrics import Metrics
from .protocol import (
    MAX_HEAD,
    ImportRequest,
    InspectRequest,
    RenderRequest,
    TransformPreviewRequest,
    TransformRequest,
)
from .sandbox.slots import CallerGone, Slots, Ticket
from .services import Services

MAX_BODY = 16 << 20
MAX_LINE = 256 << 10  # options of an inspection
HEAVY_SLOTS = 1
NOBODY_THERE = 499  # read by nobody
log = logging.getLogger("cardinal.executor")
T = TypeVar("T", bound=BaseModel)
CardJob = Callable[[float, Callable[[Any], None]], None]  # from the milliseconds it waited and its answer's way out
HeavyJob = Callable[[float, FrameStream], str]  # from the milliseconds it waited to its outcome


def create_app(services: Services) -> FastAPI:
    """The application over running services; they are closed when it shuts down."""
    settings = services.settings
    gate = TokenGate(settings.secret)
    cards = Slots(settings.card_slots, settings.card_slots // 2, settings.queue_cards, retry_after=1)
    heavy = Slots(HEAVY_SLOTS, HEAVY_SLOTS, settings.queue_heavy, retry_after=10)
    # a card's place is free at its answer, while a thread still reaps its child
    workers = ThreadPoolExecutor(2 * settings.card_slots + HEAVY_SLOTS, "work")
    running: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly
    metrics = Metrics({"card": cards, "heavy": heavy}, vars(services.fleets), services.cache)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        workers.shutdown(wait=False, cancel_futures=True)
        services.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(ExecutorError)
    async def refuse(request: Request, error: ExecutorError) -> Response:
        metrics.refused(error.code)
        return error_response(error)

    @app.get("/health")
    async def health() -> dict[str, Any]:
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
        """One job in a card's place: its turn in the queue, unless its caller leaves, then its answer."""
        operation = Operation(metrics, event, execution)
        try:
            ticket = cards.enter(author)
            queue_ms = await cards.wait(ticket, request.receive())
        except CallerGone:
            operation.end("cancelled")
            return Response(status_code=NOBODY_THERE)
        except ExecutorError as error:
            return operation.answer(error)
        work = Work(lambda answer: job(queue_ms, answer), lambda: cards.release(ticket))
        return operation.answer(await work.start(workers), queueMs=queue_ms)

    def stream_heavy(event: str, execution: str, author: str, job: HeavyJob) -> Response:
        operation = Operation(metrics, event, execution)
        try:
            ticket = heavy.enter(author)
        except ExecutorError as error:
            return operation.answer(error)
        stream = FrameStream()
        task = asyncio.create_task(run_heavy(operation, job, stream, heavy, ticket, workers))
        running.add(task)
        task.add_done_callback(running.discard)
        return FrameResponse(stream)

    return app


async def run_heavy(
    operation: "Operation",
    job: HeavyJob,
    stream: FrameStream,
    heavy: Slots,
    ticket: Ticket,
    workers: ThreadPoolExecutor,
) -> None:
    """One import or transform from its place in the queue to its last frame, whatever becomes of its reader."""
    queue_ms = 0.0
    outcome = "internal_error"
    try:
        queue_ms = await heavy.wait(ticket, stream.left.wait())
    except CallerGone:
        outcome = "cancelled"
    except ExecutorError as error:  # its place in the queue went to another author
        outcome = await asyncio.to_thread(fail, stream, error)
    else:
        try:
            outcome = await asyncio.get_running_loop().run_in_executor(workers, job, queue_ms, stream)
        except Exception:
            log.exception("internal_error")
        finally:
            heavy.release(ticket)
    operation.end(outcome, queueMs=queue_ms)
    await stream.end()


class Operation:
    """One accepted request.  At its end it leaves one line in the log and its counts: no code, no data, no message, which are the
    author's."""

    def __init__(self, metrics: Metrics, event: str, execution: str) -> None:
        self._metrics = metrics
        self._event = event
        self._execution = execution
        self._started = time.perf_counter()

    def end(self, outcome: str, **timings: float) -> None:
        about = {"event": self._event, "execution": self._execution, "outcome": outcome}
        log.info(json.dumps({**about, **{name: round(value, 2) for name, value in timings.items()}}))
        self._metrics.ended(self._event, outcome, time.perf_counter() - self._started)

    def answer(self, answer: dict[str, Any] | ExecutorError, **timings: float) -> Response:
        if isinstance(answer, ExecutorError):
            self.end(answer.code, **timings)
            return error_response(answer)
        self.end(answer["status"], **{**timings, **answer.get("timings", {})})
        return _json(answer)


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


def _json(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type="application/json")


def error_response(error: ExecutorError) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return _json(error.body(), error.status, headers)
