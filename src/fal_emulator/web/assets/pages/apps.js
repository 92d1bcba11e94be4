// Every deployed app.

import { get } from "../api.js";
import { h, ident, table } from "../dom.js";

export const appLink = (name) => h("a", { href: `#/app/${encodeURIComponent(name)}`, title: name }, name);

export function counted(states) {
  const parts = Object.entries(states).map(([name, count]) => `${count} ${name.toLowerCase().replaceAll("_", " ")}`);
  return parts.length ? parts.join(", ") : "none";
}

export async function show({ repeat, show: display }) {
  await repeat(() => get("/apps"), (apps) => display(
    h("h1", {}, "Apps"),
    table("Deployed apps", [
      ["Name", (app) => appLink(app.name)],
      ["Environment", (app) => app.environment],
      ["Who may call", (app) => app.auth_mode],
      ["Runners", (app) => counted(app.runners)],
      ["Waiting", (app) => String(app.queue.waiting), "number"],
      ["Scaling", (app) => `${app.scaling.min_concurrency ?? 0} to ${app.scaling.max_concurrency ?? "?"}`],
      ["Revision", (app) => ident(app.revision)],
      ["", (app) => h("a", { href: `#/playground/${encodeURIComponent(app.name)}` }, "Playground")],
    ], apps, "Nothing is deployed yet. Try: client.deploy(\"examples/hello.py::Hello\")"),
  ));
}
