"""fal's own callers, given nothing but the variables of the ready file: run, submit, subscribe, stream, upload, realtime."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from fal_emulator import Plane

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PYTHON = """
import json
import fal_client, httpx

said = {}
text = lambda value: {"text": value}
said["run"] = fal_client.run("local/caller", arguments=text("abc"))
handle = fal_client.submit("local/caller", arguments=text("later"), priority="low")
said["submit"] = handle.get()
updates = []
said["subscribe"] = fal_client.subscribe(
    "local/caller", arguments=text("sub"), with_logs=True, on_queue_update=lambda update: updates.append(type(update).__name__)
)
said["updates"] = updates[-1]
said["stream"] = list(fal_client.stream("local/caller", arguments=text(""), path="/stream"))
url = fal_client.upload(b"content", "text/plain", "it.txt")
said["upload"] = httpx.get(url).text
with fal_client.realtime("local/caller") as connection:
    connection.send(text("abc"))
    said["realtime"] = connection.recv()
print(json.dumps(said))
"""

NODE = """
const { fal } = require("@fal-ai/client");
const input = (text) => ({ input: { text } });
(async () => {
  const said = {};
  said.run = (await fal.run("local/caller", input("abc"))).data;
  const { request_id } = await fal.queue.submit("local/caller", input("later"));
  while ((await fal.queue.status("local/caller", { requestId: request_id })).status !== "COMPLETED");
  said.submit = (await fal.queue.result("local/caller", { requestId: request_id })).data;
  const updates = [];
  const onQueueUpdate = (update) => updates.push(update.status);
  said.subscribe = (await fal.subscribe("local/caller", { ...input("sub"), logs: true, onQueueUpdate })).data;
  said.updates = updates.at(-1);
  said.stream = [];
  for await (const event of await fal.stream("local/caller/stream", input(""))) said.stream.push(event);
  const url = await fal.storage.upload(new File(["content"], "it.txt", { type: "text/plain" }));
  said.upload = await (await fetch(url)).text();
  said.realtime = await new Promise((resolve, reject) => {
    const connection = fal.realtime.connect("local/caller", {
      connectionKey: "key", throttleInterval: 0, onResult: resolve, onError: reject,
    });
    connection.send({ text: "abc" });
  });
  console.log(JSON.stringify(said));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
"""

# What the platform's documentation has receivers do, with the cryptography of Node, which shares no code with ours.
WEBHOOK = """
const { fal } = require("@fal-ai/client");
const crypto = require("node:crypto");
const http = require("node:http");

const genuine = (keys, headers, body) => {
  const value = (name) => headers[`x-fal-webhook-${name}`];
  if (Math.abs(Date.now() / 1000 - Number(value("timestamp"))) > 300) return false;
  const digest = crypto.createHash("sha256").update(body).digest("hex");
  const message = Buffer.from([value("request-id"), value("user-id"), value("timestamp"), digest].join("\\n"));
  const signature = Buffer.from(value("signature"), "hex");
  return keys.some((key) => crypto.verify(null, message, crypto.createPublicKey({ key, format: "jwk" }), signature));
};

(async () => {
  const { keys } = await (await fetch("https://rest.fal.ai/.well-known/jwks.json")).json();
  const arrived = new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => { response.end(); resolve([request.headers, Buffer.concat(chunks)]); });
    });
    server.listen(0, "127.0.0.1", () => {
      const webhookUrl = `http://127.0.0.1:${server.address().port}/hook`;
      fal.queue.submit("local/caller", { input: { text: "hook" }, webhookUrl });
    });
  });
  const [headers, body] = await arrived;
  const { status, payload, request_id } = JSON.parse(body);
  console.log(JSON.stringify({
    status, payload,
    id: request_id === headers["x-fal-webhook-request-id"],
    genuine: genuine(keys, headers, body),
    forged: genuine(keys, headers, Buffer.concat([body, Buffer.from(" ")])),
    late: genuine(keys, { ...headers, "x-fal-webhook-timestamp": "1700000000" }, body),
  }));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
"""

WANTED: dict[str, Any] = {
    "run": {"text": "ABC"},
    "submit": {"text": "LATER"},
    "subscribe": {"text": "SUB"},
    "stream": [{"n": 0}, {"n": 1}, {"n": 2}],
    "upload": "content",
    "realtime": {"text": "cba"},
}


def said_by(command: list[str], plane: Plane, folder: Path) -> tuple[dict[str, Any], str]:
    """Run a program as somebody does who has exported the variables; return what it says."""
    environment = {**os.environ, **plane.env(), "HOME": str(folder)}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_fal_client(plane: Plane, python: Path, tmp_path: Path) -> None:
    said, complaints = said_by([str(python), "-c", PYTHON], plane, tmp_path)
    assert said == {**WANTED, "updates": "Completed"}
    assert not complaints, "no upload needed a second way"


def test_fal_ai_client(plane: Plane, node_folder: Path, tmp_path: Path) -> None:
    # Node 20 has WebSocket behind a flag; the package needs it, wherever it calls.
    script = node_folder / "call.cjs"
    script.write_text(NODE)
    said, _ = said_by(["node", "--experimental-websocket", str(script)], plane, tmp_path)
    assert said == {**WANTED, "updates": "COMPLETED"}


def test_a_receiver_of_webhooks_finds_them_genuine(plane: Plane, node_folder: Path, tmp_path: Path) -> None:
    script = node_folder / "webhook.cjs"
    script.write_text(WEBHOOK)
    said, _ = said_by(["node", "--experimental-websocket", str(script)], plane, tmp_path)
    delivered = {"status": "OK", "payload": {"text": "HOOK"}, "id": True}
    assert said == {**delivered, "genuine": True, "forged": False, "late": False}


def test_other_hosts_are_left_alone(plane: Plane, python: Path, node_folder: Path, tmp_path: Path) -> None:
    """Programs that call somebody else, and programs of somebody who calls the cloud, see nothing of it."""
    elsewhere = {
        **os.environ,
        **plane.env(),
        "FAL_REST_HOST": "rest.fal.ai",
        "FAL_RUN_HOST": "fal.run",
        "HOME": str(tmp_path),
    }
    ask = "import fal_client.client as c; print(c.REST_URL)"
    done = subprocess.run([str(python), "-c", ask], env=elsewhere, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "https://rest.fal.ai", done.stderr
    ask = "console.log(fetch.toString().includes('rerouted'))"
    for environment, rerouted in ((elsewhere, "false"), ({**os.environ, **plane.env()}, "true")):
        done = subprocess.run(["node", "-e", ask], env=environment, capture_output=True, text=True, timeout=60)
        assert done.stdout.strip() == rerouted, done.stderr
