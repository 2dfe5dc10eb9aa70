"""Imports: the source into a directory of the job's own, a jailed child over it, then what it wrote as frames."""

import hashlib
import json
import math
import os
import time
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .children import heavy_child
from .data.download import download
from .data.fetch import FetchFailed, client
from .errors import ExecutorError
from .frame_stream import PIECE, FrameStream, ReaderGone, fail
from .job_folder import JobFolder, NotAFile, job_folder
from .protocol import ImportRequest
from .sandbox.execution import Answer, Bounds
from .sandbox.fleet import Fleet
from .sandbox.jail import ChildLimits
from .sandbox.process import ZygoteFailed
from .sandbox.report_reader import Progress
from .sandbox.verdicts import lost
from .settings import Settings

MANIFEST_BYTES = 32 << 20
STDOUT_BYTES = 1 << 20
FILE_MB = 20_000  # the largest file an import may write: a cleaned copy of its unpacked source
DEFAULT_TEXT_BYTES = 16 << 30
REJECTS = "rejects.csv"


class _ListedFile(BaseModel):
    """Of the manifest the executor reads only what it needs to send the files; the Worker checks the rest."""

    model_config = ConfigDict(extra="allow")
    path: str
    rows: int
    bytes: int
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    partition: dict[str, Any] | None = None


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="allow")
    files: list[_ListedFile]


class ImportRunner:
    """Thread-safe; the caller sees to it that one runs at a time."""

    def __init__(self, settings: Settings, fleet: Fleet, jobs_folder: str) -> None:
        self._settings = settings
        self._fleet = fleet
        self._jobs_folder = jobs_folder
        self._http = client(2)

    def run(self, request: ImportRequest, stream: FrameStream) -> str:
        """Writes every frame of the answer, the result last.  Returns the outcome for the log."""
        uid = self._fleet.claim_uid()
        owner = uid if self._fleet.tier.own_uids else None
        try:
            with job_folder(self._jobs_folder, owner) as folder:
                return self._import(request, stream, folder, uid)
        except ExecutorError as error:
            return fail(stream, error)
        except (ZygoteFailed, NotAFile, ValidationError) as error:
            return fail(stream, lost(f"{type(error).__name__}: {error}"))
        except ReaderGone:
            return "cancelled"
        finally:
            self._fleet.return_uid(uid)

    def _import(self, request: ImportRequest, stream: FrameStream, folder: JobFolder, uid: int) -> str:
        bounds = self._bounds(request)
        deadline = time.monotonic() + bounds.wall_ms / 1000
        self._fetch_source(request, stream, folder, deadline)
        left_ms = round((deadline - time.monotonic()) * 1000)
        found = self._run_child(request, stream, folder, uid, bounds, max(1, left_ms))
        if found.error is not None:
            raise found.error
        report = found.report
        assert report is not None
        if not report.ok:
            if report.code != "import_failed":
                raise lost(report.message)
            _send_rejects(stream, folder)
            details = dict(report.details or {})
            code = details.pop("importCode", "")
            stream.frame(
                type="result",
                status="error",
                code="import_failed",
                importCode=code,
                message=report.message,
                details=details,
            )
            return f"import_failed:{code}"
        manifest = json.loads(found.body)
        _send_files(stream, folder, _Manifest.model_validate(manifest))
        _send_rejects(stream, folder)
        stream.frame(type="result", status="ok", manifest=manifest)
        return "ok"

    def _bounds(self, request: ImportRequest) -> Bounds:
        wall_ms = min(request.limits.wallMs, self._settings.heavy_wall_ms)
        memory_mb = min(request.limits.memoryMb, self._settings.heavy_memory_mb)
        cpu_seconds = 2 * math.ceil(wall_ms / 1000) + 5  # DuckDB works on two threads
        return Bounds(ChildLimits(cpu_seconds, memory_mb, file_mb=FILE_MB), wall_ms, MANIFEST_BYTES, STDOUT_BYTES)

    def _fetch_source(self, request: ImportRequest, stream: FrameStream, folder: JobFolder, deadline: float) -> None:
        source, cap = request.source, self._settings.source_mb << 20
        if source.size > cap:
            raise ExecutorError("bad_request", f"The source is larger than {cap} bytes.")
        try:
            download(
                self._http,
                source.url,
                source.etag,
                source.size,
                folder.source,
                deadline,
                lambda done, total: stream.progress("copy", done, total),
            )
        except FetchFailed as error:
            raise ExecutorError("data_unavailable", f"The upload could not be read: {error}.") from error

    def _run_child(
        self,
        request: ImportRequest,
        stream: FrameStream,
        folder: JobFolder,
        uid: int,
        bounds: Bounds,
        left_ms: int,
    ) -> Answer:
        def on_progress(at: Progress) -> None:
            stream.progress(at.progress, at.done, at.total)

        bounds = Bounds(bounds.limits, left_ms, bounds.body_bytes, bounds.stdout_bytes)
        source = os.open(folder.source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            with heavy_child(self._fleet, bounds, on_progress, folder.name, uid) as execution:
                return execution.run(self._job(request, folder, bounds), [source], stream.gone)
        finally:
            os.close(source)

    def _job(self, request: ImportRequest, folder: JobFolder, bounds: Bounds) -> dict[str, Any]:
        limits = {
            "wallMs": bounds.wall_ms,
            "memoryMb": bounds.limits.memory_mb,
            "textBytes": request.limits.textBytes or DEFAULT_TEXT_BYTES,
        }
        return {
            "task": "import",
            "folder": None if self._fleet.tier.namespaces else folder.path,
            "options": request.options,
            "limits": limits,
            "cpu_seconds": bounds.limits.cpu_seconds,
            "memory_mb": bounds.limits.memory_mb,
        }


def _send_files(stream: FrameStream, folder: JobFolder, manifest: _Manifest) -> None:
    """Each file as the manifest describes it; the Worker checks the bytes against the hash as they pass."""
    total = sum(listed.bytes for listed in manifest.files)
    done = 0
    for listed in manifest.files:
        fd, size = folder.open_output(listed.path)
        try:
            if size != listed.bytes:
                raise NotAFile(f"{listed.path} has {size} bytes, its manifest says {listed.bytes}")
            about = {name: getattr(listed, name) for name in ("path", "bytes", "sha256", "rows", "partition")}
            stream.frame(type="file", **about)
            stream.file(fd, size)
        finally:
            os.close(fd)
        done += size
        stream.frame(type="progress", step="send", done=done, total=total)


def _send_rejects(stream: FrameStream, folder: JobFolder) -> None:
    """rejects.csv when the importer left one, whether it succeeded or not."""
    try:
        fd, size = folder.open_output(REJECTS)
    except FileNotFoundError:
        return
    try:
        digest = hashlib.sha256()
        while piece := os.read(fd, PIECE):
            digest.update(piece)
        stream.frame(type="rejects", path=REJECTS, bytes=size, sha256=digest.hexdigest())
        stream.file(fd, size)
    finally:
        os.close(fd)
