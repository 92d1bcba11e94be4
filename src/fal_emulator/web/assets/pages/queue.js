// Requests: those that wait, those under way, and the last that were answered.

import { get, post } from "../api.js";
import { action, announce, facts, h, ident, lasted, state, table, when } from "../dom.js";
import { appLink } from "./apps.js";
import { rendered } from "../answer.js";

const outcome = (request) => state(request.state, request.status_code >= 400);

async function showOne(id, { show: display }) {
  const request = await get(`/requests/${id}`);
  display(
    h("h1", {}, `Request ${id.slice(0, 8)}`),
    facts([
      ["Id", h("code", {}, request.request_id)], ["App", appLink(request.app)], ["Path", h("code", {}, request.path)],
      ["State", outcome(request)], ["Position", request.position === null ? "" : String(request.position)],
      ["Status", request.status_code === null ? "" : String(request.status_code)], ["Began", when(request.started_at)],
      ["Attempts", request.attempts === null ? "" : String(request.attempts)],
      ["Took", lasted(request.duration)], ["Runner", request.runner_id ?? ""], ["Error", request.error ?? ""],
    ]),
    h("p", {}, h("a", { class: "button", href: `#/logs?request=${request.request_id}` }, "Logs of this request")),
    h("h2", {}, "Result"),
    request.result === null ? h("p", { class: "empty" }, "There is no result that is kept.") : rendered(request.result),
  );
}

export async function show(context) {
  if (context.parts.length) return showOne(context.parts[0], context);
  const { repeat, show: display } = context;
  return repeat(() => get("/requests"), (requests) => display(
    h("h1", {}, "Queue and requests"),
    table("Requests, the newest first", [
      ["Request", (request) => h("a", { href: `#/queue/${request.request_id}` }, ident(request.request_id))],
      ["App", (request) => appLink(request.app)],
      ["Path", (request) => h("code", {}, request.path)],
      ["Way", (request) => (request.queued ? "queued" : "direct")],
      ["State", outcome],
      ["Position", (request) => (request.position === null ? "" : String(request.position)), "number"],
      ["Status", (request) => (request.status_code === null ? "" : String(request.status_code)), "number"],
      ["Received", (request) => when(request.sent_at)],
      ["Took", (request) => lasted(request.duration), "number"],
      ["", (request) => (request.state === "COMPLETED" || !request.queued ? "" : action("Cancel",
        async () => { await post(`/requests/${request.request_id}/cancel`); announce("The request is being cancelled."); },
        { "aria-label": `Cancel request ${request.request_id.slice(0, 8)}` }))],
    ], requests, "No request has come yet."),
  ));
}
