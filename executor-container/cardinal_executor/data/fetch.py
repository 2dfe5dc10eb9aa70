"""Bytes of one presigned URL into a file.  At most three tries; the version is held by If-Match."""

import os
import time

import httpx

TRIES = 3
BACKOFF = 0.15  # seconds, doubled per try
TIMEOUT = httpx.Timeout(5.0, connect=3.0)
CHUNK = 1 << 18
RETRIED = frozenset({408, 429, 500, 502, 503, 504})
PARTIAL, OK = 206, 200


class FetchFailed(Exception):
    """`status`: of the last answer, 0 when there was none.  Its text names neither URL nor key: both could reach a person."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def client(connections: int) -> httpx.Client:
    """No redirects, no proxies of the environment: it speaks to the storage that the Worker named and to nothing else.

    Certificates are checked against SSL_CERT_FILE where that is set: a platform that looks into what leaves has its own."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    certificates = httpx.create_ssl_context()
    return httpx.Client(timeout=TIMEOUT, limits=limits, follow_redirects=False, trust_env=False, verify=certificates)


def _conditional(etag: str | None) -> dict[str, str]:
    if not etag:
        return {}
    return {"If-Match": etag if etag.startswith('"') else f'"{etag}"'}


def _reason(status: int) -> str:
    known = {403: "the link to it has expired", 404: "it is gone", 412: "it has changed"}
    return known.get(status, f"storage answered {status}")


def fetch_range(http: httpx.Client, url: str, etag: str | None, fd: int, start: int, end: int, deadline: float) -> int:
    """Writes bytes start..end of the object at their own offset.  Returns the number of requests; FetchFailed after three,
    OSError when the disk does not take them."""
    failure = FetchFailed(0, "storage did not answer in time")
    position = start
    for attempt in range(1, TRIES + 1):
        if time.monotonic() >= deadline:
            raise failure
        headers = {"Range": f"bytes={position}-{end - 1}", "Accept-Encoding": "identity", **_conditional(etag)}
        try:
            with http.stream("GET", url, headers=headers) as response:
                if response.status_code != PARTIAL:
                    raise FetchFailed(response.status_code, _reason(response.status_code))
                position = _copy(response, fd, position, end, deadline)
            if position == end:
                return attempt
            failure = FetchFailed(0, "storage sent fewer bytes than asked for")
        except FetchFailed as error:
            failure = error
            if error.status and error.status not in RETRIED:
                raise
        except httpx.HTTPError as error:
            failure = FetchFailed(0, f"storage could not be reached ({type(error).__name__})")
        if attempt < TRIES:
            time.sleep(min(BACKOFF * 2 ** (attempt - 1), max(0.0, deadline - time.monotonic())))
    raise failure


def _write(fd: int, data: bytes, position: int) -> int:
    """All of it: a disk that is nearly full takes a part before it refuses, and what is left out would read as zeros."""
    while data:
        written = os.pwrite(fd, data, position)
        data, position = data[written:], position + written
    return position


def _copy(response: httpx.Response, fd: int, position: int, end: int, deadline: float) -> int:
    """Returns where it got to: the next try goes on from there."""
    for chunk in response.iter_raw(CHUNK):
        position = _write(fd, chunk[: end - position], position)
        if time.monotonic() >= deadline:
            raise FetchFailed(0, "storage was too slow")
    return position
