// Deploys with their build log and events.

import { get } from "../api.js";
import { facts, h, ident, lasted, state, table, when } from "../dom.js";
import { appLink } from "./apps.js";
import { line } from "./logs.js";

async function showOne(id, { repeat, show: display }) {
  await repeat(() => get(`/deploys/${encodeURIComponent(id)}`), (deploy) => display(
    h("h1", {}, `Deploy of ${deploy.app}`),
    facts([
      ["App", appLink(deploy.app)], ["Status", state(deploy.status)], ["Revision", h("code", {}, deploy.revision)],
      ["Began", when(deploy.started_at)], ["Took", lasted(deploy.duration)], ["By", deploy.deployed_by],
      ["Message", deploy.message], ["Reason", deploy.reason],
    ]),
    h("h2", {}, "Events"),
    table("Events of the deploy", [
      ["Time", (event) => when(event.created_at)], ["Event", (event) => event.category],
      ["Details", (event) => event.detail ?? "", "wide"],
    ], deploy.events, "There are no events."),
    h("h2", {}, "Log"),
    deploy.log.length ? h("pre", { tabindex: 0, "aria-label": "Log of the deploy" }, deploy.log.map(line)) : h("p", { class: "empty" }, "The log is empty."),
  ));
}

export async function show(context) {
  if (context.parts.length) return showOne(context.parts[0], context);
  const { repeat, show: display } = context;
  return repeat(() => get("/deploys"), (deploys) => display(
    h("h1", {}, "Deploys"),
    table("Deploys, the newest first", [
      ["Time", (deploy) => h("a", { href: `#/deploys/${encodeURIComponent(deploy.id)}` }, when(deploy.started_at))],
      ["App", (deploy) => appLink(deploy.app)],
      ["Status", (deploy) => state(deploy.status)],
      ["Took", (deploy) => lasted(deploy.duration)],
      ["Revision", (deploy) => ident(deploy.revision)],
      ["Message", (deploy) => (deploy.message ?? deploy.reason ?? "").split("\n")[0], "wide"],
    ], deploys, "Nothing was deployed yet."),
  ));
}
