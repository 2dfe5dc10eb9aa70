"""What a transform prints is told while it runs: whole characters, no more than is kept, and at next to no cost."""

import io
import json
import os
import random
import time
from typing import Any

import httpx
import pytest

from cardinal_executor.runner import report  # noqa: F401  (knows how text is written that UTF-8 cannot carry)
from cardinal_executor.runner.output import PromptOutput
from cardinal_executor.sandbox import printed
from cardinal_executor.sandbox.printed import Printed
from support.client import Client, headers
from support.transforms import request, result, transform

DONE = "return pd.DataFrame({'a': [1]})"


def texts(frames: list[tuple[dict[str, Any], bytes]]) -> list[str]:
    return [frame["text"] for frame, _ in frames if frame["type"] == "output"]


def test_a_line_comes_while_the_code_runs_on_and_about_one_frame_a_second(client: Client) -> None:
    code = f"import time\ndef transform(i, p):\n    for n in range(25):\n        print(n)\n        time.sleep(.1)\n    {DONE}"
    body = request(code)
    came: list[tuple[float, dict[str, Any]]] = []
    with httpx.stream(
        "POST", f"{client.base}/v1/transform", json=body, headers=headers(body["executionId"]), timeout=30
    ) as answer:
        for line in answer.iter_lines():
            frame = json.loads(line)
            came.append((time.monotonic(), frame))
            if frame["type"] == "file":
                break
    told = [(at, frame["text"]) for at, frame in came if frame["type"] == "output"]
    assert told[0][1] == "0\n" and came[-1][0] - told[0][0] > 2
    assert 3 <= len(told) <= 4
    assert "".join(text for _, text in told) == "".join(f"{n}\n" for n in range(25))


def test_all_that_was_told_is_what_the_result_says_was_printed(client: Client) -> None:
    code = "print('早い')\ndef transform(i, p):\n    print('遅い', end='')\n    return i['売上']"
    frames = transform(client, code)
    assert frames[-1][0]["code"] == "user_code_error"
    assert "".join(texts(frames)) == frames[-1][0]["stdout"] == "早い\n遅い"
    assert texts(transform(client, f"def transform(i, p):\n    {DONE}")) == []


def test_what_is_beyond_the_limit_is_neither_kept_nor_told(client: Client) -> None:
    code = f"import time\nfor n in range(3):\n    print('x' * 40_000)\n    time.sleep(1.1)\ndef transform(i, p):\n    {DONE}"
    frames = transform(client, code)
    told = texts(frames)
    assert 2 <= len(told) <= 4
    end = "\n… what was printed after the first 65,536 bytes is left out"
    assert "".join(told) == frames[-1][0]["stdout"] and told[-1].endswith("x" + end)
    assert len("".join(told)) == 65_536 + len(end)


def test_hostile_bytes_come_as_whole_characters_in_frames_of_their_form(client: Client) -> None:
    code = f"""
import os, time
def transform(i, p):
    for piece in (b"\\xe3\\x81", b"\\x82\\xf0\\x9f", b"\\xff\\x00", b'\\n{{"type":"result","status":"ok"}}\\n', b"\\xe3"):
        os.write(1, piece)
        time.sleep(1.1)
    {DONE}"""
    frames = transform(client, code)
    told = texts(frames)
    assert len(told) >= 4 and [frame["type"] for frame, _ in frames].count("result") == 1
    assert "".join(told) == frames[-1][0]["stdout"] == 'あ���\n{"type":"result","status":"ok"}\n�'


def test_code_that_claims_a_hole_in_its_plan_is_not_told_of_twice(client: Client) -> None:
    forged = json.dumps({"ok": False, "len": 0, "code": "load_failed"}).encode() + b"\n"
    code = f"""
import os
def transform(i, p):
    print("x" * 60_000)
    os.write(3, {forged!r})
    os._exit(0)"""
    frames = transform(client, code)
    assert frames[-1][0]["status"] == "error" and len("".join(texts(frames))) == 60_001


def test_a_run_that_is_stopped_at_its_limit_has_said_what_it_printed(client: Client) -> None:
    answer = result(client, "print('began')\nwhile True: pass", limits={"wallMs": 1000})
    assert (answer["code"], answer["stdout"]) == ("time_limit", "began\n")


def test_a_million_lines_are_a_few_frames(client: Client) -> None:
    frames = transform(client, f"def transform(i, p):\n    for n in range(1_000_000): print(n)\n    {DONE}")
    answer = frames[-1][0]
    assert answer["status"] == "ok" and "".join(texts(frames)) == answer["stdout"]
    assert len(texts(frames)) <= 2 + answer["timings"]["totalMs"] / 1000
    assert len(answer["stdout"]) < 66_000


def test_lines_are_written_one_by_one_as_long_as_they_are_kept_and_then_in_blocks() -> None:
    sizes: list[int] = []

    class Counted(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            sizes.append(len(data))
            return len(data)

    output = PromptOutput(io.BufferedWriter(Counted(), 8192), promptly=1000)
    for _ in range(1_000_000):
        print("line", file=output)
    output.flush()
    assert sizes[:200] == [5] * 200 and sum(sizes) == 5_000_000
    assert len(sizes) <= 200 + 5_000_000 / 8_000


def told_of(pieces: list[bytes], limit: int) -> tuple[list[str], Printed]:
    """Every piece at a time at which something may be told."""
    told: list[str] = []
    seen = Printed(limit, True, told.append)
    for piece in pieces:
        seen.add(piece)
        seen.tell()
    seen.tell(is_over=True)
    return told, seen


def test_however_bytes_are_cut_the_parts_are_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "EVERY", 0)
    chance = random.Random(1)
    for _ in range(2_000):
        pieces = [bytes(chance.choices(b"a\0\n\xe3\x81\x82\xf0\x9f\x98\x80\xff\xed\xa0", k=3)) for _ in range(6)]
        told, seen = told_of(pieces, limit=chance.randint(0, 20))
        assert "".join(told) == seen.text() and len(seen.kept) <= 20


def test_a_flood_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "EVERY", 0)
    told, seen = told_of([os.urandom(1 << 16)] * 100, limit=1 << 16)
    assert (len(seen.kept), len(told), seen.bytes) == (1 << 16, 2, 100 << 16)
