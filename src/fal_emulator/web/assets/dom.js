// Elements, tables and times: what every page is made of. Text is always set as text, never as markup.

export function h(name, attributes = {}, ...children) {
  const svg = ["svg", "path", "title"].includes(name);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const GOOD = new Set(["IDLE", "RUNNING", "COMPLETED", "deployed", "ready"]);
const BAD = new Set(["DEAD", "CRASH_BACKOFF", "FAILURE_DELAY", "failed", "error"]);

export function state(name, failed = false) {
  const kind = failed ? "bad" : GOOD.has(name) ? "good" : BAD.has(name) ? "bad" : "warn";
  return h("span", { class: `state ${kind}` }, name);
}

export function table(caption, columns, rows, empty) {
  if (!rows.length) return h("p", { class: "empty" }, empty);
  const head = columns.map(([title]) => h("th", { scope: "col" }, title));
  const body = rows.map((row) => h("tr", {}, columns.map(([, cell, kind], index) => {
    const content = cell(row);
    return index === 0 ? h("th", { scope: "row" }, content) : h("td", { class: kind }, content);
  })));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
const rowNamed = (root, name) => [...root.querySelectorAll("tbody tr")].find((row) => row.cells[0].textContent === name);

// Show other content in the place of what is shown, and let what was focused and scrolled in it be so again: whoever uses the
// keyboard, or has scrolled a table in a narrow window, goes on where they were. Rows are found by their first cells.
export function redraw(root, content) {
  const active = root.contains(document.activeElement) && document.activeElement !== root ? document.activeElement : null;
  const around = active?.closest("tbody tr") ?? root;
  const name = around.cells?.[0].textContent;
  const index = active ? [...around.querySelectorAll(FOCUSABLE)].indexOf(active) : -1;
  const scrolled = [...root.querySelectorAll(".scroll")].map((region) => [region.getAttribute("aria-label"), region.scrollLeft]);
  root.replaceChildren(...content);
  for (const region of root.querySelectorAll(".scroll")) {
    region.scrollLeft = scrolled.find(([label]) => label === region.getAttribute("aria-label"))?.[1] ?? 0;
  }
  if (!active) return;
  const there = name === undefined ? root : rowNamed(root, name);
  const places = [...(there?.querySelectorAll(FOCUSABLE) ?? [])];
  (places[index] ?? places[0] ?? root).focus({ preventScroll: true });
}

export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

// An id whose end may not be visible; what is copied from the page is all of it.
export const ident = (text) => h("code", { class: "ident", title: text }, text);

export function when(text) {
  if (!text) return "";
  const time = new Date(text);
  const today = time.toDateString() === new Date().toDateString();
  return h("time", { datetime: text, title: time.toLocaleString() }, today ? time.toLocaleTimeString() : time.toLocaleString());
}

export function lasted(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(size) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let step = 0;
  for (; size >= 1024 && step < units.length - 1; step += 1) size /= 1024;
  return `${step ? size.toFixed(1) : size} ${units[step]}`;
}

export function copyButton(text) {
  return h("button", {
    type: "button",
    onclick: async () => { await navigator.clipboard.writeText(text()); announce("Copied."); },
  }, "Copy");
}

export function announce(text) {
  const line = h("p", {}, text);
  document.getElementById("status").append(line);
  setTimeout(() => line.remove(), 6000);
}

// Work that a button begins: until it is done, the button begins none. It is not `disabled`, which takes the focus from it.
export async function busy(button, work) {
  if (button.hasAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  try { await work(); } finally { button.removeAttribute("aria-disabled"); }
}

// An action on a button; a failure is told.
export function action(title, work, attributes = {}) {
  const button = h("button", { type: "button", ...attributes, onclick: async () => {
    try { await busy(button, work); } catch (error) { announce(error.message); }
  } }, title);
  return button;
}

// A chart of one series: `points` are numbers or null, oldest first.
export function chart(title, points, format) {
  const known = points.filter((value) => value !== null);
  const top = Math.max(...known, 0) || 1;
  const x = (index) => (index / Math.max(points.length - 1, 1)) * 300;
  const y = (value) => 78 - (value / top) * 70;
  const place = points.map((value, index) => (value === null ? null : `${x(index).toFixed(1)},${y(value).toFixed(1)}`));
  let line = "";
  place.forEach((point, index) => {
    if (!point) return;
    line += `${index && place[index - 1] ? "L" : "M"}${point} `;
    if (!place[index - 1] && !place[index + 1]) line += `L${(x(index) - 2).toFixed(1)},${point.split(",")[1]} `; // a point alone
  });
  const latest = known.length ? format(known[known.length - 1]) : "no data";
  const label = `${title}: now ${latest}${known.length ? `, at most ${format(Math.max(...known))}` : ""}`;
  const areas = line.split("M").filter(Boolean).map((part) => {
    const steps = part.trim().replaceAll("L", "").split(/\s+/);
    return `M${steps[0].split(",")[0]},78 L${steps.join(" L")} L${steps[steps.length - 1].split(",")[0]},78 Z`;
  }).join(" ");
  return h("section", { class: "chart" }, h("h3", {}, title),
    h("svg", { viewBox: "0 0 300 80", preserveAspectRatio: "none", role: "img", "aria-label": label },
      h("path", { class: "area", d: areas }), h("path", { class: "line", d: line })),
    h("p", { class: "soft tight" }, label.slice(title.length + 2)));
}
