// One app: its addresses, scaling, revisions and runners.

import { get, post } from "../api.js";
import { action, announce, facts, h, table, when } from "../dom.js";
import { counted } from "./apps.js";
import { columns as runnerColumns } from "./runners.js";

export async function show({ parts, repeat, show: display }) {
  const [name] = parts;
  const path = `/apps/${encodeURIComponent(name)}`;
  await repeat(() => get(path), (app) => display(
    h("h1", {}, app.name),
    h("p", { class: "row" },
      h("a", { class: "button", href: `#/playground/${encodeURIComponent(name)}` }, "Open the playground"),
      h("a", { class: "button", href: `#/logs?app=${encodeURIComponent(name)}` }, "Logs"),
      action("Replace the runners", async () => { await post(`${path}/rollout`); announce("The runners are being replaced."); }),
      action("Drop waiting requests", async () => {
        const { flushed } = await post(`${path}/flush`);
        announce(`${flushed} requests were dropped.`);
      })),
    facts([
      ["Environment", app.environment], ["Who may call", app.auth_mode],
      ["Revision", h("code", {}, app.revision)],
      ["Runners", counted(app.runners)],
      ["Queue", `${app.queue.waiting} waiting, ${app.queue.in_progress} in progress`],
      ["Call", h("code", {}, app.urls.run)], ["Queued call", h("code", {}, app.urls.queue)],
      ["Websocket", h("code", {}, app.urls.ws)],
    ]),
    h("h2", {}, "Scaling"),
    facts(Object.entries(app.scaling).map(([key, value]) => [key, Array.isArray(value) ? value.join(", ") : value === null ? "" : String(value)])),
    h("h2", {}, "Runners"),
    table("Runners of the app", runnerColumns(false), app.runner_list, "No runner is alive. The next request starts one."),
    h("h2", {}, "Revisions"),
    table("Revisions of the app", [
      ["Revision", (revision) => h("code", {}, revision.revision)],
      ["Created", (revision) => when(revision.created_at)],
      ["", (revision) => (revision.is_current ? h("strong", {}, "current") : "")],
      ["Message", (revision) => revision.message ?? "", "wide"],
    ], app.revisions, "There is no revision."),
  ));
}
