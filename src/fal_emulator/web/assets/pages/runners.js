// Runners: alive ones first, then those that ended.

import { get, post } from "../api.js";
import { action, announce, h, ident, lasted, state, table, when } from "../dom.js";
import { appLink } from "./apps.js";

export function columns(withApp = true) {
  return [
    ["Runner", (runner) => h("a", { href: `#/logs?runner=${runner.runner_id}` }, ident(runner.runner_id))],
    ...(withApp ? [["App", (runner) => appLink(runner.app)]] : []),
    ["State", (runner) => state(runner.state)],
    ["Requests", (runner) => String(runner.in_flight), "number"],
    ["Uptime", (runner) => lasted(runner.uptime)],
    ["Started", (runner) => when(runner.started_at)],
    ["Machine", (runner) => runner.machine_type],
    ["Revision", (runner) => ident(runner.revision)],
    ["", (runner) => (runner.ended_at ? h("span", { class: "soft" }, runner.reason ?? "") : h("span", { class: "row" },
      action("Stop", async () => { await post(`/runners/${runner.runner_id}/stop`); announce("The runner is stopping."); },
        { "aria-label": `Stop runner ${runner.runner_id.slice(0, 8)}` }),
      action("Kill", async () => { await post(`/runners/${runner.runner_id}/kill`); announce("The runner was killed."); },
        { "aria-label": `Kill runner ${runner.runner_id.slice(0, 8)}` })))],
  ];
}

export async function show({ repeat, show: display }) {
  await repeat(() => get("/runners"), (runners) => {
    const alive = runners.filter((runner) => !runner.ended_at);
    const ended = runners.filter((runner) => runner.ended_at);
    display(
      h("h1", {}, "Runners"),
      table("Runners that are alive", columns(), alive, "No runner is alive. A request, or min_concurrency, starts one."),
      h("h2", {}, "Ended"),
      table("Runners that have ended", columns(), ended.slice(0, 50), "No runner has ended yet."),
    );
  });
}
