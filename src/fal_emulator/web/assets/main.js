// The shell of the page: which section is shown, and how often it is read anew.

import { get } from "./api.js";
import { announce, h, redraw } from "./dom.js";
import * as app from "./pages/app.js";
import * as apps from "./pages/apps.js";
import * as deploys from "./pages/deploys.js";
import * as files from "./pages/files.js";
import * as logs from "./pages/logs.js";
import * as metrics from "./pages/metrics.js";
import * as playground from "./pages/playground.js";
import * as queue from "./pages/queue.js";
import * as runners from "./pages/runners.js";
import * as settings from "./pages/settings.js";

const SECTIONS = [
  ["apps", "Apps", apps], ["runners", "Runners", runners], ["deploys", "Deploys", deploys], ["queue", "Queue", queue],
  ["logs", "Logs", logs], ["metrics", "Metrics", metrics], ["files", "Files", files], ["settings", "Settings", settings],
];
const PAGES = { ...Object.fromEntries(SECTIONS.map(([name, , page]) => [name, page])), app, playground };
const OF_APPS = ["app", "playground"];
const EVERY = 2000; // milliseconds

let leave = () => {};
let session;

async function show() {
  leave();
  const [path, search] = (location.hash.replace(/^#\/?/, "") || "apps").split("?");
  const [name, ...rest] = path.split("/").map(decodeURIComponent);
  const page = PAGES[name] ?? apps;
  for (const link of document.querySelectorAll("#sections a")) {
    const current = link.dataset.section === (OF_APPS.includes(name) ? "apps" : name);
    if (current) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  const main = document.getElementById("content");
  main.replaceChildren(h("p", { class: "soft" }, "Loading …"));
  let gone = false;
  const endings = [];
  leave = () => { gone = true; for (const end of endings) end(); };
  const context = {
    session, parts: rest, query: new URLSearchParams(search ?? ""),
    atEnd: (end) => endings.push(end),
    // Draw now and again: `load` gets the data, `draw` shows them; what is equal is not drawn again.
    repeat: async (load, draw) => {
      let before;
      const once = async () => {
        const data = await load();
        const text = JSON.stringify(data);
        if (!gone && text !== before) { before = text; draw(data); }
      };
      await once();
      const timer = setInterval(() => once().catch((error) => { if (!gone) announce(error.message); }), EVERY);
      endings.push(() => clearInterval(timer));
    },
    show: (...content) => { if (!gone) redraw(main, content); },
  };
  try {
    await page.show(context);
    document.title = `${main.querySelector("h1")?.textContent ?? "Local control plane"} · ${session.account}`;
  } catch (error) {
    if (!gone) main.replaceChildren(h("h1", {}, "This page cannot be shown"), h("p", { class: "error" }, error.message));
  }
}

async function start() {
  session = await get("/session");
  document.getElementById("account").textContent = `${session.account} · local control plane`;
  document.getElementById("sections").replaceChildren(
    ...SECTIONS.map(([name, title]) => h("li", {}, h("a", { href: `#/${name}`, "data-section": name }, title))));
  addEventListener("hashchange", async () => { await show(); document.getElementById("content").focus(); });
  await show();
}

start().catch((error) => document.getElementById("content").replaceChildren(
  h("h1", {}, "The local control plane does not answer"), h("p", { class: "error" }, error.message)));
