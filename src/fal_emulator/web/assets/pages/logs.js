// Log lines: the stored ones, then new ones as they are written.

import { follow, get, query } from "../api.js";
import { h } from "../dom.js";

const MOST = 2000; // lines on the page

export function line(entry) {
  return h("div", { class: `log-${entry.level}` },
    h("span", { class: "log-time" }, `${new Date(entry.timestamp).toLocaleTimeString()} `),
    entry.level === "STDOUT" ? "" : `${entry.level} `, entry.message);
}

export async function show({ query: wanted, show: display, atEnd }) {
  const apps = await get("/apps");
  const filters = Object.fromEntries(["app", "runner", "request", "level", "search"].map((name) => [name, wanted.get(name) ?? ""]));
  const output = h("pre", { tabindex: 0, role: "log", "aria-label": "Log lines" });
  const note = h("p", { class: "soft" });
  const change = (event) => {
    event.preventDefault();
    location.hash = `#/logs${query(Object.fromEntries(new FormData(event.target)))}`;
  };
  const field = (name, title, control) => h("div", { class: "field" }, h("label", { for: `log-${name}` }, title), control);
  const input = (name, title, hint) => field(name, title,
    h("input", { id: `log-${name}`, name, value: filters[name], placeholder: hint, autocomplete: "off" }));
  const choice = (name, title, options) => field(name, title, h("select", { id: `log-${name}`, name },
    options.map((value) => h("option", { value, selected: value === filters[name] }, value || "all"))));
  display(
    h("h1", {}, "Logs"),
    h("form", { class: "row filters", onsubmit: change },
      choice("app", "App", ["", ...apps.map((app) => app.name)]),
      input("runner", "Runner", "id"), input("request", "Request", "id"),
      choice("level", "Level", ["", "TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "STDOUT", "STDERR"]),
      input("search", "Text", "contains"), h("button", { class: "primary" }, "Filter")),
    note, output,
  );
  const add = (entry) => {
    const atBottom = output.scrollTop + output.clientHeight >= output.scrollHeight - 20;
    output.append(line(entry));
    while (output.children.length > MOST) output.firstChild.remove();
    if (atBottom) output.scrollTop = output.scrollHeight;
  };
  const wire = { app_id: filters.app, job_id: filters.runner, request_id: filters.request, level: filters.level, search: filters.search };
  const { items } = await get(`/logs${query({ ...wire, page_size: "500" })}`);
  items.reverse().forEach(add);
  output.scrollTop = output.scrollHeight;
  note.textContent = "New lines arrive by themselves.";
  // From the last line on, which comes once more.
  const last = items.at(-1)?.timestamp;
  atEnd(follow(`/logs/stream${query({ ...wire, since: last })}`, (entry) => { if (entry.timestamp !== last) add(entry); }));
}
