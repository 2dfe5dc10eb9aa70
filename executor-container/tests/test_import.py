"""Imports and previews over HTTP: the importer in its jail, its files as frames, and what happens when either end fails."""

import gzip
import hashlib
import io
import json
import os
import threading
import time
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from cardinal_executor.job_folder import NotAFile, job_folder
from support.client import Client, headers, new_id
from support.range_server import RangeServer

CSV = b"id,name,day\n" + b"".join(b"%d,n%d,2024-01-%02d\n" % (n, n % 5, 1 + n % 28) for n in range(2000))


def ask(client: Client, storage: RangeServer, data: bytes, options: dict[str, Any] | None = None, **source: Any):
    execution = new_id()
    planned = {"url": storage.put("upload", data), "size": len(data), "etag": storage.etags["upload"], **source}
    body = {"executionId": execution, "source": planned, "options": options or {}}
    return client.frames("/v1/import", json.dumps(body).encode(), execution)


def test_a_csv_comes_back_as_parquet_with_its_manifest(client: Client, storage: RangeServer) -> None:
    frames = ask(client, storage, CSV)
    kinds = [frame["type"] for frame, _ in frames]
    assert kinds[0] == "progress" and kinds[-1] == "result" and kinds.count("file") == 1
    steps = list(dict.fromkeys(frame["step"] for frame, _ in frames if frame["type"] == "progress"))
    assert steps[0] == "copy" and steps[-1] == "send" and {"scan", "write", "verify"} <= set(steps)
    file, data = next((frame, data) for frame, data in frames if frame["type"] == "file")
    assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    table = pq.read_table(io.BytesIO(data))
    assert table.num_rows == 2000 == file["rows"] and table.column_names == ["id", "name", "day"]
    manifest = frames[-1][0]["manifest"]
    assert frames[-1][0]["status"] == "ok" and manifest["rows"] == 2000
    assert [column["type"] for column in manifest["columns"]] == ["int64", "string", "date"]


def test_partitions_come_as_one_file_each(client: Client, storage: RangeServer) -> None:
    frames = ask(client, storage, CSV, {"partitionColumn": "name"})
    files = {frame["path"]: frame["partition"] for frame, _ in frames if frame["type"] == "file"}
    assert len(files) == 5
    assert files["partitions/name=n0/part-0000.parquet"] == {"column": "name", "value": "n0"}


def test_gzip_and_dirty_files_import_in_the_jail_too(client: Client, storage: RangeServer) -> None:
    result = ask(client, storage, gzip.compress(CSV))[-1][0]
    assert result["manifest"]["rows"] == 2000
    dirty = CSV.replace(b"\n", b"\r\n").replace(b"7,n2", b'7,"n,2"')
    assert ask(client, storage, dirty)[-1][0]["manifest"]["rows"] == 2000


def test_too_many_rejects_fail_and_bring_the_rejects(client: Client, storage: RangeServer) -> None:
    frames = ask(client, storage, CSV + b"too,many,fields,here\n" * 500)
    assert [frame["type"] for frame, _ in frames][-2:] == ["rejects", "result"]
    rejects, data = frames[-2]
    assert rejects["sha256"] == hashlib.sha256(data).hexdigest() and data.count(b"too_many_fields") == 500
    result = frames[-1][0]
    assert (result["status"], result["code"], result["importCode"]) == ("error", "import_failed", "too_many_rejects")
    assert result["details"]["rejected"] == 500 and "importCode" not in result["details"]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"PK\x03\x04xx", "zip_not_supported"), (os.urandom(20_000), "not_text")],
)
def test_a_file_that_is_no_table_fails_with_its_reason(
    client: Client, storage: RangeServer, data: bytes, code: str
) -> None:
    result = ask(client, storage, data)[-1][0]
    assert (result["code"], result["importCode"]) == ("import_failed", code)


def test_a_source_that_cannot_be_read_is_data_unavailable(client: Client, storage: RangeServer) -> None:
    storage.fail("upload", times=9, status=403)
    assert ask(client, storage, CSV)[-1][0]["code"] == "data_unavailable"


def test_a_source_over_the_cap_is_refused_before_a_byte_is_read(client: Client, storage: RangeServer) -> None:
    assert ask(client, storage, CSV, size=1 << 40)[-1][0]["code"] == "bad_request"
    assert storage.requests == []


def test_an_import_that_takes_too_long_is_a_time_limit(client: Client, storage: RangeServer) -> None:
    execution = new_id()
    big = CSV * 200
    body = {
        "executionId": execution,
        "source": {"url": storage.put("upload", big), "size": len(big)},
        "limits": {"wallMs": 250, "memoryMb": 512},
    }
    result = client.frames("/v1/import", json.dumps(body).encode(), execution)[-1][0]
    assert result["code"] in ("time_limit", "data_unavailable")


def test_a_reader_that_goes_away_frees_the_place_and_the_folder(server, client: Client, storage: RangeServer) -> None:
    execution = new_id()
    storage.fail("upload", times=1, delay=1)
    body = {"executionId": execution, "source": {"url": storage.put("upload", CSV), "size": len(CSV)}}
    with httpx.stream("POST", f"{client.base}/v1/import", json=body, headers=headers(execution), timeout=20):
        pass
    assert ask(client, storage, CSV)[-1][0]["status"] == "ok"
    jobs = os.path.join(server.folder, "cache", "jobs")
    deadline = time.monotonic() + 5
    while os.listdir(jobs) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert os.listdir(jobs) == []


def test_imports_wait_for_each_other_and_cards_do_not_wait_for_them(client: Client, storage: RangeServer) -> None:
    storage.fail("upload", times=2, delay=1)
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(ask(Client(client.base), storage, CSV)[-1][0]["status"]))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    started = time.monotonic()
    assert client.render("def render(d, f, p):\n    return ''")["status"] == "ok"
    assert time.monotonic() - started < 1
    for thread in threads:
        thread.join()
    assert results == ["ok", "ok"]


def inspect(client: Client, head: bytes, whole: bool, announced: int | None = None) -> httpx.Response:
    execution = new_id()
    line = {
        "executionId": execution,
        "options": {},
        "whole": whole,
        "bytes": len(head) if announced is None else announced,
    }
    return client.http.post("/v1/inspect", content=json.dumps(line).encode() + b"\n" + head, headers=headers(execution))


def test_a_preview_says_what_the_importer_would_make_of_it(client: Client) -> None:
    answer = inspect(client, CSV, whole=True)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["status"], found["delimiter"], found["header"], found["rows_seen"]) == ("ok", ",", True, 2000)
    assert [column["type"] for column in found["columns"]] == ["int64", "string", "date"]
    assert len(found["rows"]) == 100


def test_a_preview_of_no_table_fails_with_its_reason(client: Client) -> None:
    answer = inspect(client, b"PK\x03\x04xx", whole=True)
    assert (answer.status_code, answer.json()["code"], answer.json()["importCode"]) == (
        422,
        "import_failed",
        "zip_not_supported",
    )


def test_a_preview_with_other_bytes_than_announced_is_a_bad_request(client: Client) -> None:
    assert inspect(client, CSV, whole=True, announced=3).status_code == 400
    assert inspect(client, b"x" * (2 << 20), whole=False).status_code == 400


def test_a_job_cannot_hand_over_a_file_of_ours(tmp_path) -> None:
    (tmp_path / "secret").write_text("ours")
    with job_folder(str(tmp_path), None) as folder:
        out = os.path.join(folder.work, "out")
        os.makedirs(os.path.join(out, "data"))
        os.symlink(tmp_path / "secret", os.path.join(out, "link"))
        os.symlink(tmp_path, os.path.join(out, "up"))
        os.mkfifo(os.path.join(out, "pipe"))
        with open(os.path.join(out, "data", "good"), "w") as file:
            file.write("good")
        fd, size = folder.open_output("data/good")
        os.close(fd)
        assert size == 4
        for path in ("link", "up/secret", "../../secret", "/etc/passwd", "data", "pipe", "data//good", ""):
            with pytest.raises((OSError, NotAFile)):
                folder.open_output(path)
    assert os.listdir(tmp_path) == ["secret"]
