"""Apps served from their bundle, in a process that knows nothing of the SDK."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fal.app.bundle.pack import dump
from tests.support.ports import free_port
from tests.support.waiting import LIMIT
from tests.unit.app.app_runner import Runner, pack, serve, serve_script, unpack
from tests.unit.app.samples import forms, kitchen

pytestmark = pytest.mark.timeout(60)


def packed(folder: Path, target: Any, **options: Any) -> Path:
    path = folder / "app.pickle"
    path.write_bytes(dump(target, **options))
    return path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with serve(packed(tmp_path_factory.mktemp("kitchen"), kitchen.Kitchen), FAL_APP_ROOT_PATH="/proxied") as runner:
        yield runner


def test_health_says_the_version(app: Runner) -> None:
    answer = app.http.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"version": "7"})


def test_a_model_goes_in_and_a_model_comes_out(app: Runner) -> None:
    tree = {"value": 1, "children": [{"value": 2, "children": [{"value": 3}]}]}
    answer = app.http.post("/", json={"prompt": "  draw ", "color": "blue", "tree": tree})
    assert answer.status_code == 200
    assert answer.json() == {"text": "draw:blue:fast", "depth": 3}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"prompt": ""}, ["body", "prompt"]),
        ({}, ["body", "prompt"]),
        ({"prompt": "a", "color": "green"}, ["body", "color"]),
        ({"prompt": "a", "tree": {"value": -1}}, ["body", "tree", "value"]),
        ({"prompt": "refuse"}, ["body"]),
    ],
)
def test_an_invalid_body_is_explained_and_not_billed(app: Runner, body: dict[str, Any], where: list[str]) -> None:
    answer = app.http.post("/", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == where
    assert answer.headers["x-fal-billable-units"] == "0"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_json_without_its_content_type_gets_a_hint_what_to_send(app: Runner, kind: str) -> None:
    headers = {"content-type": kind}
    answer = app.http.post("/", content=b'{"prompt": "x"}', headers=headers)
    assert answer.status_code == 422
    assert "send the header 'content-type: application/json'" in answer.json()["detail"][0]["msg"]


def test_a_binary_body_is_explained(app: Runner) -> None:
    answer = app.http.post("/", content=b"\xff\xfe\x00", headers={"content-type": "application/octet-stream"})
    assert answer.status_code == 422


def test_the_runtime_says_where_it_is(app: Runner) -> None:
    answer = app.http.post("/state", headers={"x-fal-request-id": "r-1"}).json()
    assert answer == {
        "states": ["SETUP", "RUNNING"],
        "main_thread": True,
        "request_id": "r-1",
        "outside": [[None, {}], [None, {}]],
        "fal": answer["fal"],
        "app": "App",
        "installed": False,
        "same": True,
        "here": ".",
    }
    assert answer["fal"].startswith("_fal_runtime_")


def test_plain_values_are_fields_of_the_body(app: Runner) -> None:
    assert app.http.post("/plain", json={"count": 2, "color": "red"}).json() == {
        "count": 2,
        "label": "x",
        "color": "red",
    }


def test_plain_values_may_stand_in_the_query(app: Runner) -> None:
    assert app.http.post("/plain?count=3&label=y").json() == {"count": 3, "label": "y", "color": "blue"}
    assert app.http.post("/plain").status_code == 422


def test_dataclasses_and_calls_of_other_functions_work(app: Runner) -> None:
    point = {"x": 1, "y": {"value": 2, "children": []}}
    assert app.http.post("/point", json=point).json() == point
    assert app.http.post("/double", json={"number": 4}).json() == 8


def test_an_exception_is_a_500_with_the_authors_frames_in_the_log(app: Runner) -> None:
    answer = app.http.post("/boom")
    assert (answer.status_code, answer.json()) == (500, {"detail": "Internal Server Error"})
    assert "access-control-allow-origin" in app.http.post("/boom", headers={"origin": "https://example.com"}).headers
    app.wait_until("RuntimeError: the kettle is empty")
    log = app.output[: app.output.index("RuntimeError: the kettle is empty")].rpartition("Traceback")[2]
    assert 'File "kitchen.py"' in log.splitlines()[1]


def test_a_task_that_was_given_up_is_an_exception_like_any_other(app: Runner) -> None:
    answer = app.http.post("/gave-up")
    assert (answer.status_code, answer.json()) == (500, {"detail": "Internal Server Error"})


def test_client_errors_pass(app: Runner) -> None:
    assert (app.http.post("/teapot").status_code, app.http.post("/teapot").json()) == (
        418,
        {"detail": "short and stout"},
    )
    assert app.http.post("/lost").json() == {"detail": "no such kettle"}
    missing = app.http.post("/nowhere")
    assert (missing.status_code, missing.json()) == (404, {"detail": "Path /nowhere not found"})
    assert missing.headers["x-fal-billable-units"] == "0"


@pytest.mark.parametrize(
    ("path", "events"),
    [("/stream", [{"text": str(n), "depth": 0} for n in range(3)]), ("/astream", [{"step": 1}, {"step": 2}])],
)
def test_generators_stream_events(app: Runner, path: str, events: list[Any]) -> None:
    with app.http.stream("POST", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    assert [json.loads(line.removeprefix("data: ")) for line in lines] == events


def test_a_streaming_response_passes(app: Runner) -> None:
    assert app.http.post("/raw").text == "ab"


def test_hints_reach_the_gateway(app: Runner) -> None:
    assert app.http.get("/health").headers["x-fal-runner-hints"] == "model-a,schön"


def test_the_description_is_served_under_the_root_path(app: Runner) -> None:
    document = app.http.get("/openapi.json").json()
    assert {"/", "/plain", "/realtime", "/ws", "/health"} <= set(document["paths"])
    assert document["paths"]["/realtime"]["x-fal-protocol"]["contentType"] == "application/msgpack"


def test_metrics_count_requests_by_route(app: Runner) -> None:
    app.http.post("/teapot")
    import httpx

    text = httpx.get(app.metrics_url, trust_env=False).text
    assert 'fal_app_info{version="7"} 1.0' in text
    assert 'http_requests_total{method="POST",path="/teapot",status_code="418",app_name="fal"}' in text
    assert "/nowhere" not in text
    assert httpx.get(app.metrics_url + "x", trust_env=False).status_code == 404


def test_a_websocket_endpoint_gets_the_websocket(app: Runner) -> None:
    with connect(app.ws + "/ws") as socket:
        socket.send("you")
        assert json.loads(socket.recv()) == {"hello": "you"}


def test_realtime_speaks_msgpack_and_json(app: Runner) -> None:
    with connect(app.ws + "/realtime") as socket:
        for prompt in ("one", "two"):
            socket.send(pack({"prompt": prompt}))
            assert unpack(socket.recv()) == {"text": prompt.upper(), "depth": 0}
        socket.send(json.dumps({"prompt": "three"}))
        assert socket.recv() == '{"text":"THREE","depth":0}'


def test_an_invalid_message_does_not_end_the_session(app: Runner) -> None:
    with connect(app.ws + "/realtime") as socket:
        for wrong in (pack({"prompt": ""}), b"\xc1", "{"):
            socket.send(wrong)
            problem = json.loads(socket.recv())
            assert (problem["type"], problem["error"]) == ("x-fal-error", "INVALID_INPUT")
        socket.send(pack({"prompt": "fine"}))
        assert unpack(socket.recv())["text"] == "FINE"


def test_an_exception_ends_the_session_and_says_so(app: Runner) -> None:
    with connect(app.ws + "/realtime") as socket:
        socket.send(pack({"prompt": "boom"}))
        assert socket.recv() == '{"type":"x-fal-error","error":"INTERNAL_ERROR","reason":"spilt"}'
        with pytest.raises(ConnectionClosed):
            socket.recv()


def test_waiting_messages_are_batched_and_silence_ends_the_session(app: Runner) -> None:
    with connect(app.ws + "/batch") as socket:
        for prompt in "abcdefg":
            socket.send(pack({"prompt": prompt}))
        texts: list[str] = []
        sizes = []
        while len("".join(texts).replace(",", "")) < 7:
            answer = unpack(socket.recv())
            texts.append(answer["text"])
            sizes.append(answer["depth"])
        assert ",".join(texts) == "a,b,c,d,e,f,g"
        assert max(sizes) == 3
        assert json.loads(socket.recv())["error"] == "TIMEOUT"


def test_streams_in_out_and_both_ways(app: Runner) -> None:
    with connect(app.ws + "/count") as socket:
        socket.send(pack({"prompt": "abc"}))
        *pieces, last = socket
    assert [unpack(piece)["text"] for piece in pieces] == ["0", "1", "2"]
    # After its last message a stream says so, as the released runtime does, and closes.
    assert last == '{"type":"x-fal-error","error":"TIMEOUT","reason":"no inputs, reconnect when needed!"}'
    with connect(app.ws + "/sum") as socket:
        for prompt in "xyz":
            socket.send(pack({"prompt": prompt}))
        assert unpack(socket.recv())["text"] == "x+y+z"
        assert socket.recv() == last
    with connect(app.ws + "/echo") as socket:
        for prompt in ("ping", "pong"):
            socket.send(json.dumps({"prompt": prompt}))
            assert json.loads(socket.recv())["text"] == prompt


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")
def test_sigterm_drains_then_tears_down(tmp_path: Path) -> None:
    with serve(packed(tmp_path, kitchen.Kitchen)) as runner:
        answers: list[Any] = []
        caller = threading.Thread(target=lambda: answers.append(runner.http.post("/hold").json()))
        caller.start()
        runner.wait_until("holding")
        runner.process.send_signal(signal.SIGTERM)
        status = runner.wait()
        caller.join(LIMIT)
    assert answers == [{"state": "TERMINATING"}]
    assert status == -signal.SIGTERM
    assert runner.output.index("handle_exit TERMINATING") < runner.output.index("teardown")


def test_a_failing_setup_ends_the_process_before_it_listens(tmp_path: Path) -> None:
    with serve(packed(tmp_path, kitchen.FailsInSetup), ready=False) as runner:
        assert runner.wait() != 0
    assert runner.output.count("RuntimeError: the model is missing") == 1
    assert 'File "kitchen.py"' in runner.output
    assert "Uvicorn running" not in runner.output


def test_a_taken_port_ends_the_process(tmp_path: Path) -> None:
    path = packed(tmp_path, kitchen.Kitchen)
    with serve(path) as first:
        port = first.url.rpartition(":")[2]
        code = "import asyncio,pickle,sys\napp=pickle.load(open(sys.argv[1],'rb'))\n"
        code += (
            "async def main(): await app(exposed_port=int(sys.argv[2]), exposed_metrics_port=0)\nasyncio.run(main())"
        )
        second = subprocess.run(
            [sys.executable, "-I", "-c", code, str(path), port], capture_output=True, text=True, timeout=30
        )
    assert second.returncode in (1, 3)  # as the uvicorn at hand has it
    assert "address already in use" in second.stderr


def test_forms_and_files_come_as_browsers_send_them(tmp_path: Path) -> None:
    with serve(packed(tmp_path, forms.Forms)) as runner:
        http = runner.http
        assert http.post("/fields", data={"name": "a", "number": "4"}).json() == {"name": "a", "number": 4}
        assert http.post("/fields", data={"name": "a"}).json() == {"name": "a", "number": 3}
        missing = http.post("/fields", data={"number": "x"})
        assert missing.status_code == 422
        assert [fault["loc"] for fault in missing.json()["detail"]] == [["body", "name"], ["body", "number"]]
        sent = [("file", ("a.txt", b"hello")), ("more", ("b.txt", b"1")), ("more", ("c.txt", b"2"))]
        expected = {"name": "a.txt", "content": "hello", "more": ["b.txt", "c.txt"]}
        assert http.post("/files", files=sent).json() == expected
        parts = http.post("/parts?number=5", headers={"x-token": "t", "cookie": "taste=sweet"})
        assert parts.json() == {"number": 5, "by": "t", "taste": "sweet"}


def test_a_served_function_answers(tmp_path: Path) -> None:
    with serve(packed(tmp_path, kitchen.joke)) as runner:
        assert runner.http.post("/", json={"topic": "fish"}).json() == "a joke about fish"
        assert runner.http.get("/health").status_code == 200


def test_a_bundle_serves_from_another_thread(tmp_path: Path) -> None:
    code = """
import pickle, sys, threading, time, urllib.request
app = pickle.load(open(sys.argv[1], "rb"))
thread = threading.Thread(target=app, kwargs={"exposed_port": int(sys.argv[2]), "exposed_metrics_port": 0}, daemon=True)
thread.start()
for _ in range(200):
    try:
        print(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[2]}/health").read().decode())
        break
    except OSError:
        time.sleep(0.05)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(packed(tmp_path, kitchen.Kitchen)), str(free_port())],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "FAL_APP_BIND_HOST": "127.0.0.1"},
    )
    assert done.stdout.splitlines()[-1] == '{"version":"7"}', done.stderr


def test_an_installed_app_serves_by_its_entry_point_to_its_own_machine_only(tmp_path: Path) -> None:
    code = """
import asyncio, inspect, sys
from tests.unit.app.samples.hello import Hello
assert "/" in Hello.build_metadata()["openapi"]["paths"]
async def main():
    running = Hello.run_local(exposed_port=int(sys.argv[1]), exposed_metrics_port=int(sys.argv[2]))
    assert inspect.isawaitable(running)
    await running
asyncio.run(main())
"""
    main = tmp_path / "main.py"
    main.write_text(code)
    with serve_script(main, path=[Path(__file__).parents[3]]) as runner:
        assert runner.http.post("/", json={"name": "you"}).json() == {"greeting": "Hello, you!"}
        assert f"running on {runner.url} " in runner.output


def test_app_files_are_the_working_directory(tmp_path: Path) -> None:
    root = tmp_path / "files"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "data.txt").write_text("from a file")
    (root / "sub" / "beside.py").write_text("WORD = 'imported'")
    path = packed(tmp_path, kitchen.reads_files, app_files_dir="sub")
    with serve(path, FAL_APP_FILES_ROOT=str(root)) as runner:
        assert runner.http.post("/").json() == ["from a file", "imported"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")
def test_sigterm_during_setup_tears_down_without_listening(tmp_path: Path) -> None:
    with serve(packed(tmp_path, kitchen.SlowSetup), ready=False) as runner:
        runner.wait_until("setting up")
        runner.process.send_signal(signal.SIGTERM)
        assert runner.wait() == -signal.SIGTERM
    assert "torn down" in runner.output
    assert "Uvicorn running" not in runner.output
