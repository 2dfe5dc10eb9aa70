"""Transforms over HTTP: code in its jail, one Parquet file as frames, and what is left when either end fails."""

import hashlib
import json
import os
import threading
import time
from typing import Any

import httpx
import pyarrow as pa
import pytest

from support.client import Client, headers
from support.datasets import dataset
from support.range_server import RangeServer
from support.transforms import request, result, table_of, transform

SALES = pa.table(
    {
        "地域": pa.array(["東", "西", "東", None] * 500),
        "n": pa.array([1, 2, None, 4] * 500, pa.int64()),
        "日": pa.array([19_723 + i % 30 for i in range(2000)], pa.date32()),
    }
)
SAME = "def transform(inputs, params):\n    return inputs['sales']"


def jobs_folder(server: Any) -> str:
    return os.path.join(server.folder, "cache", "jobs")


def open_files_below(server: Any, folder: str) -> list[str]:
    """Files that the executor itself holds open there, named or not."""
    own = f"/proc/{server.process.pid}/fd"
    links = [os.readlink(os.path.join(own, fd)) for fd in os.listdir(own) if os.path.lexists(os.path.join(own, fd))]
    return [link for link in links if link.startswith(folder)]


def test_a_dataset_becomes_one_file_with_a_manifest(client: Client, storage: RangeServer) -> None:
    frames = transform(client, SAME, dataset(storage, "sales", SALES))
    kinds = [frame["type"] for frame, _ in frames]
    assert kinds[0] == "progress" and kinds[-1] == "result" and kinds.count("file") == 1
    steps = list(dict.fromkeys(frame["step"] for frame, _ in frames if frame["type"] == "progress"))
    assert steps == ["fetch", "run", "write", "send"]
    file, data = next((frame, data) for frame, data in frames if frame["type"] == "file")
    assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    answer = frames[-1][0]
    assert answer["status"] == "ok" and answer["rows"] == {"input": 2000, "output": 2000}
    entry = {name: file[name] for name in ("path", "rows", "bytes", "sha256", "partition")}
    assert entry["path"] == "data/part-0000.parquet" and entry["partition"] is None
    manifest = answer["manifest"]
    assert (manifest["rows"], manifest["files"], manifest["partitionColumn"]) == (2000, [entry], None)
    columns = {column["name"]: (column["type"], column["nullCount"]) for column in manifest["columns"]}
    assert columns == {"地域": ("string", 500), "n": ("int64", 500), "日": ("date", 0)}
    timings = {"queueMs", "fetchMs", "loadMs", "runMs", "writeMs", "cpuMs", "totalMs"}
    assert set(answer["timings"]) == timings and (answer["stdout"], answer["warnings"]) == ("", [])
    assert table_of(frames).to_pylist() == SALES.to_pylist()


def test_several_inputs_are_joined_by_name_and_params_arrive(client: Client, storage: RangeServer) -> None:
    regions = pa.table({"地域": ["東", "西"], "長": ["佐藤", "鈴木"]})
    code = """
def transform(inputs, params):
    print(sorted(inputs))
    joined = inputs["sales"].merge(inputs["regions"], on="地域")
    return joined.groupby("長")["n"].sum().nlargest(params["top"])
"""
    inputs = (dataset(storage, "sales", SALES), dataset(storage, "regions", regions))
    frames = transform(client, code, *inputs, params={"top": 1})
    assert table_of(frames).to_pylist() == [{"長": "鈴木", "n": 1000}]
    assert frames[-1][0]["rows"] == {"input": 2002, "output": 1}
    assert frames[-1][0]["stdout"] == "['regions', 'sales']\n"


def test_code_may_use_every_library_at_the_first_attempt(client: Client, storage: RangeServer) -> None:
    code = """
print("once")
def transform(inputs, params):
    sales = inputs["sales"]
    import sklearn.linear_model
    return duckdb.sql('select "地域", count(*) as n from sales group by all order by all').pl()
"""
    answer = transform(client, code, dataset(storage, "sales", SALES))
    assert answer[-1][0]["stdout"] == "once\n"
    assert table_of(answer).to_pylist()[0] == {"地域": "東", "n": 1000}


def test_a_result_without_rows_is_a_file_too(client: Client, storage: RangeServer) -> None:
    frames = transform(client, "def transform(i, p):\n    return i['sales'].head(0)", dataset(storage, "sales", SALES))
    assert table_of(frames).num_rows == 0 and table_of(frames).column_names == ["地域", "n", "日"]
    assert [column["type"] for column in frames[-1][0]["manifest"]["columns"]] == ["string", "int64", "date"]


def test_equal_input_gives_equal_bytes(client: Client, storage: RangeServer) -> None:
    code = "def transform(i, p):\n    return i['sales'].assign(x=np.random.rand(2000)).sample(frac=0.5)"
    runs = [transform(client, code, dataset(storage, "sales", SALES)) for _ in range(2)]
    first, second = ([data for frame, data in run if frame["type"] == "file"] for run in runs)
    assert first == second


def test_withheld_rows_are_neither_handed_over_nor_counted(client: Client, storage: RangeServer) -> None:
    own = {"column": "地域", "type": "category", "values": ["西"], "includeNull": False}
    limited = {**dataset(storage, "sales", SALES), "rowFilters": [own]}
    frames = transform(client, SAME, limited)
    assert table_of(frames).column("地域").unique().to_pylist() == ["西"]
    assert frames[-1][0]["rows"] == {"input": 500, "output": 500}


def test_only_planned_bytes_are_fetched_and_only_once(client: Client, storage: RangeServer) -> None:
    planned = dataset(storage, "sales", SALES)
    storage.forget()
    for _ in range(2):
        assert result(client, SAME, planned)["status"] == "ok"
    assert storage.sent == planned["objects"][0]["size"]


def test_an_error_of_the_author_names_their_line_and_no_frame_of_ours(client: Client) -> None:
    answer = result(client, "def transform(inputs, params):\n    print('here')\n    return inputs['売上']")
    assert (answer["status"], answer["code"], answer["line"]) == ("error", "user_code_error", 3)
    assert answer["message"] == "KeyError: '売上'" and answer["stdout"] == "here\n"
    assert answer["traceback"].startswith("Traceback") and 'File "transform.py", line 3' in answer["traceback"]
    assert "return inputs['売上']" in answer["traceback"] and "cardinal_executor" not in answer["traceback"]


def test_a_result_that_fits_no_dataset_says_what_to_do(client: Client) -> None:
    answer = result(client, "def transform(i, p):\n    return pd.DataFrame({'売上': [[1]]})")
    assert answer["code"] == "invalid_result"
    assert answer["message"].startswith("The column '売上' holds lists or records.")
    answer = result(client, "def render(d, f, p):\n    return ''")
    assert answer["message"] == "The code defines no function transform(inputs, params)."


def test_what_is_printed_beyond_64_kb_is_cut_and_does_not_fail_the_run(client: Client) -> None:
    code = "print('x' * 300_000)\ndef transform(i, p):\n    return pd.DataFrame({'a': [1]})"
    answer = result(client, code)
    assert answer["status"] == "ok"
    assert answer["stdout"] == "x" * 65_536 + "\n… what was printed after the first 65,536 bytes is left out"


@pytest.mark.parametrize(
    ("code", "limits", "expected"),
    [
        ("while True: pass", {"wallMs": 1000}, "time_limit"),
        ("bytearray(900 << 20)", {"memoryMb": 300}, "memory_limit"),
        ("import socket; socket.create_connection(('127.0.0.1', 80))", {}, "sandbox_violation"),
        ("import os; os._exit(0)", {}, "user_code_error"),
    ],
)
def test_a_run_ends_at_its_limits_as_a_card_does(client: Client, code: str, limits: dict, expected: str) -> None:
    answer = result(client, f"{code}\ndef transform(i, p):\n    return None", limits=limits)
    assert (answer["status"], answer["code"]) == ("error", expected)


def test_a_result_beyond_its_bytes_is_an_output_limit(client: Client) -> None:
    code = "def transform(i, p):\n    return pd.DataFrame({'a': np.random.rand(1_000_000)})"
    answer = result(client, code, limits={"outputBytes": 4 << 20})
    assert (answer["code"], answer["details"]["limit"]) == ("output_limit", 4 << 20)
    stubborn = "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + code
    answer = result(client, stubborn, limits={"outputBytes": 4 << 20})
    assert (answer["code"], answer["details"]["limit"]) == ("output_limit", 4 << 20)
    assert result(client, code, limits={"outputBytes": (8 << 20) - 1})["code"] == "output_limit"


def test_an_input_that_cannot_be_read_is_data_unavailable(client: Client, storage: RangeServer) -> None:
    storage.fail("sales.parquet", times=9, status=403)
    assert result(client, SAME, dataset(storage, "sales", SALES))["code"] == "data_unavailable"
    damaged = dataset(storage, "damaged", SALES)
    storage.objects["damaged.parquet"] = b"\0" * len(storage.objects["damaged.parquet"])
    assert result(client, SAME.replace("sales", "damaged"), damaged)["code"] == "data_unavailable"


def test_a_plan_that_misses_bytes_is_repaired_before_the_code_runs(client: Client, storage: RangeServer) -> None:
    short = dataset(storage, "sales", SALES, reads=["n"])
    answer = result(client, "print('ran')\n" + SAME, short)
    assert (answer["status"], answer["stdout"]) == ("ok", "ran\n")


@pytest.mark.parametrize("step", ["fetch", "run", "write", "send"])
def test_closing_the_stream_kills_the_run_within_a_second(
    server: Any, client: Client, storage: RangeServer, step: str
) -> None:
    slow = "import time; time.sleep(60)" if step == "run" else ""
    size = 20_000_000 if step in ("write", "send") else 1
    code = f"def transform(i, p):\n    {slow}\n    return pd.DataFrame({{'a': np.random.rand({size})}})"
    planned = dataset(storage, "sales", SALES)
    if step == "fetch":
        storage.fail("sales.parquet", times=1, delay=4)
    body = request(code, planned)
    with httpx.stream(
        "POST", f"{client.base}/v1/transform", json=body, headers=headers(body["executionId"]), timeout=30
    ) as answer:
        for line in answer.iter_lines():
            if json.loads(line)["step"] == step:
                break
    closed = time.monotonic()
    assert result(client, "def transform(i, p):\n    return pd.DataFrame({'a': [1]})")["status"] == "ok"
    assert time.monotonic() - closed < 3  # its place was free: the next run came to its end
    assert os.listdir(jobs_folder(server)) == [] and open_files_below(server, jobs_folder(server)) == []


def test_a_file_that_is_not_what_the_code_says_of_it_is_sent_as_it_is(client: Client) -> None:
    """What was claimed is the Worker's to check; the hash is of the bytes that came."""
    forged = {
        "ok": True,
        "len": 0,
    }
    body = {
        "columns": [{"name": "a", "type": "int64", "zoned": False, "nullable": False, "nullCount": 0, "exact": False}],
        "rowCount": 7,
        "inputRows": {},
        "writeMs": 0,
    }
    code = f"""
import json, os
body = json.dumps({body!r}).encode()
for fd in range(5, 64):
    try:
        os.write(fd, b"no parquet")
    except OSError:
        pass
os.write(3, json.dumps({{**{forged!r}, "len": len(body)}}).encode() + b"\\n" + body)
os._exit(0)
"""
    frames = transform(client, code)
    file, data = next((frame, data) for frame, data in frames if frame["type"] == "file")
    assert data == b"no parquet" and file["sha256"] == hashlib.sha256(data).hexdigest() and file["rows"] == 7
    without_file = code.replace("os.write(fd", "os.stat(fd")
    assert result(client, without_file)["code"] == "user_code_error"
    for wrong in ('"rowCount": "7"', '"rowCount": -1', '"more": [[[]]], "rowCount": 7'):
        lying = code.replace("json.dumps({'columns'", "(lambda d: json.dumps(d))({'columns'")
        lying = lying.replace("'rowCount': 7", wrong.replace('"', "'"))
        assert result(client, lying)["code"] == "user_code_error", wrong


def test_a_run_cannot_fill_the_disk_or_leave_anything_on_it(server: Any, client: Client) -> None:
    code = """
import os, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def transform(i, p):
    said = []
    for fd in range(5, 64):
        try:
            size = os.fstat(fd).st_size
            os.ftruncate(fd, 1 << 40)
            said.append("ESCAPED: 1 TB")
        except OSError:
            pass
    for path in ("/job", "/jobs", "/tmp", "/var/tmp", "/dev/shm"):
        for name in ("file", "pipe"):
            try:
                (os.mkfifo if name == "pipe" else os.mkdir)(f"{path}/{name}")
                said.append(f"ESCAPED: {path}/{name}")
            except OSError:
                pass
    return pd.DataFrame({"said": said})
"""
    assert table_of(transform(client, code)).to_pylist() == []
    assert os.listdir(jobs_folder(server)) == []


def test_transforms_wait_for_each_other_and_cards_do_not_wait_for_them(client: Client) -> None:
    code = "import time\ndef transform(i, p):\n    time.sleep(1)\n    return pd.DataFrame({'a': [1]})"
    found: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: found.append(result(Client(client.base), code))) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    started = time.monotonic()
    assert client.render("def render(d, f, p):\n    return ''")["status"] == "ok"
    assert time.monotonic() - started < 1
    for thread in threads:
        thread.join()
    assert [answer["status"] for answer in found] == ["ok", "ok"]
    assert max(answer["timings"]["queueMs"] for answer in found) > 800


def test_a_request_that_is_none_is_refused_before_a_stream_begins(client: Client, storage: RangeServer) -> None:
    planned = dataset(storage, "sales", SALES)
    for wrong in (request(SAME, planned, planned), request(SAME, zone="Mars"), request("x" * (300 << 10))):
        answer = client.post("/v1/transform", wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
