// Try an endpoint: a form from its OpenAPI, the answer, and the same call as code.

import { get } from "../api.js";
import { rendered, value } from "../answer.js";
import { announce, busy, copyButton, h, lasted } from "../dom.js";
import { objectForm, resolve } from "../schema.js";
import { snippets } from "../snippets.js";

export async function show({ session, parts, query, show: display, atEnd }) {
  const [name] = parts;
  const [app, document] = await Promise.all([
    get(`/apps/${encodeURIComponent(name)}`), get(`/apps/${encodeURIComponent(name)}/openapi`)]);
  const endpoints = listed(document);
  if (!endpoints.length) {
    display(h("h1", {}, `Playground of ${name}`), h("p", { class: "empty" }, "The app describes no endpoint."));
    return;
  }
  const chosen = endpoints.find((endpoint) => endpoint.path === query.get("path")) ?? endpoints[0];
  const picker = h("select", {
    id: "endpoint", onchange: () => { location.hash = `#/playground/${encodeURIComponent(name)}?path=${encodeURIComponent(picker.value)}`; },
  }, endpoints.map(({ path }) => h("option", { value: path, selected: path === chosen.path }, path)));
  const output = h("div", { "aria-live": "polite", id: "answer" }, h("p", { class: "empty" }, "Run it to see the answer."));
  const input = inputPart(document, chosen);
  const code = h("div", {});
  const call = { session, app, name, endpoint: chosen, input, output, atEnd };
  const run = h("button", { class: "primary" }, chosen.realtime ? "Send a message" : "Run");
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      try { await busy(run, () => send(call)); } catch (error) { output.replaceChildren(h("p", { class: "error" }, error.message)); }
    },
    oninput: () => drawCode(code, call),
  }, h("h2", {}, "Input"), input.element, h("p", {}, run));
  display(
    h("h1", {}, `Playground of ${name}`),
    h("p", { class: "soft" }, chosen.description),
    h("div", { class: "field" }, h("label", { for: "endpoint" }, "Endpoint"), picker),
    h("div", { class: "split" }, form, h("section", {}, h("h2", {}, "Answer"), output)),
    h("h2", {}, "The same call as code"), code,
  );
  drawCode(code, call);
}

function listed(document) {
  const paths = document["x-fal-order-paths"] ?? Object.keys(document.paths ?? {});
  return paths.flatMap((path) => {
    const item = document.paths[path];
    const protocol = item["x-fal-protocol"]?.type;
    const method = ["post", "put", "patch", "get", "delete"].find((verb) => item[verb]);
    if (!method && !protocol) return [];
    const operation = item[method] ?? {};
    return [{
      path, method: (method ?? "get").toUpperCase(), realtime: protocol !== undefined, description: operation.description ?? operation.summary ?? "",
      schema: operation.requestBody?.content?.["application/json"]?.schema,
    }];
  });
}

// The form, with the same input as JSON behind a tab.
function inputPart(document, endpoint) {
  const schema = resolve(document, endpoint.schema);
  const form = objectForm(document, schema);
  const fields = h("fieldset", { role: "tabpanel", "aria-label": "Form" }, form.elements.length ? form.elements : h("p", { class: "soft" }, "It takes no input."));
  const text = h("textarea", { "aria-label": "Input as JSON", rows: 14, spellcheck: "false" });
  const raw = h("div", { role: "tabpanel", "aria-label": "JSON", hidden: true }, text);
  let asJson = false;
  const pick = (json) => {
    if (json && !asJson) try { text.value = JSON.stringify(form.value(), null, 2); } catch (error) { announce(error.message); }
    asJson = json;
    fields.hidden = json;
    fields.disabled = json; // what is not shown is not checked
    raw.hidden = !json;
    tabs.forEach((tab, index) => tab.setAttribute("aria-selected", String(json === (index === 1))));
  };
  const tabs = [["Form", false], ["JSON", true]].map(([title, json]) =>
    h("button", { type: "button", role: "tab", "aria-selected": String(!json), onclick: () => pick(json) }, title));
  return {
    element: h("div", {}, h("div", { class: "tabs", role: "tablist", "aria-label": "Input as" }, tabs), fields, raw),
    value: () => {
      if (!asJson) return form.value();
      try { return JSON.parse(text.value || "{}"); } catch { throw new Error("The input is not JSON."); }
    },
  };
}

function drawCode(place, { session, app, name, endpoint, input }) {
  let data = {};
  try { data = input.value(); } catch { /* half-typed input */ }
  const stream = endpoint.path.endsWith("/stream");
  const texts = snippets({ account: session.account, app: name, path: endpoint.path, urls: app.urls, input: data, stream });
  place.replaceChildren(...Object.entries(texts).map(([language, text]) => h("details", { open: language === "curl" },
    h("summary", {}, language), h("pre", { tabindex: 0 }, text), copyButton(() => text))));
}

const target = ({ session, name, endpoint }) =>
  `/-/call/${encodeURIComponent(session.account)}/${encodeURIComponent(name)}${endpoint.path === "/" ? "/" : endpoint.path}`;

async function send(call) {
  const { endpoint, input, output } = call;
  const data = input.value();
  if (endpoint.realtime) return message(call, data);
  output.replaceChildren(h("p", { class: "soft" }, "Running …"));
  const began = performance.now();
  const bare = endpoint.method === "GET";
  const answer = await fetch(target(call), {
    method: endpoint.method, body: bare ? undefined : JSON.stringify(data),
    headers: { "x-local-page": "1", ...(bare ? {} : { "content-type": "application/json" }) },
  });
  const type = answer.headers.get("content-type") ?? "";
  const head = () => h("p", { class: answer.ok ? "good" : "bad" },
    `Status ${answer.status} after ${lasted((performance.now() - began) / 1000)}`,
    h("span", { class: "soft" }, ` · request ${answer.headers.get("x-fal-request-id") ?? ""}`));
  if (type.startsWith("text/event-stream")) return events(answer, output, head);
  const textual = /json|text|xml/.test(type);
  const result = { content_type: type };
  if (textual) result.text = await answer.text(); else result.url = URL.createObjectURL(await answer.blob());
  output.replaceChildren(head(), rendered(result));
}

// Server-sent events, each shown as it comes.
async function events(answer, output, head) {
  const list = h("div", {});
  output.replaceChildren(head(), list);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value: chunk } = await reader.read();
    rest = (rest + (chunk ?? "")).replaceAll("\r\n", "\n");
    const parts = rest.split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const text = part.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
      if (!text) continue;
      let shown;
      try { shown = value(JSON.parse(text)); } catch { shown = h("pre", {}, text); }
      list.append(shown);
    }
    if (done) break;
  }
  output.firstChild.replaceWith(head());
}

// A realtime endpoint: the connection stays open for further messages.
async function message(call, data) {
  const { output } = call;
  if (!call.socket || call.socket.readyState > WebSocket.OPEN) {
    const list = h("div", {});
    output.replaceChildren(h("p", { class: "soft" }, "Connecting …"), list);
    const socket = new WebSocket(`ws${location.protocol === "https:" ? "s" : ""}://${location.host}${target(call)}`);
    socket.binaryType = "arraybuffer";
    call.atEnd(() => socket.close());
    call.socket = socket;
    socket.onmessage = (event) => {
      let shown;
      try { shown = value(JSON.parse(event.data)); } catch { shown = h("pre", {}, typeof event.data === "string" ? event.data : `${event.data.byteLength} bytes`); }
      list.append(shown);
    };
    socket.onclose = (event) => output.firstChild.replaceChildren(`The connection is closed (${event.code}).`);
    await new Promise((resolveOpen, reject) => {
      socket.onopen = resolveOpen;
      socket.onerror = () => reject(new Error("The websocket was refused. Is the app running? See its logs."));
    });
    output.firstChild.replaceChildren("Connected.");
  }
  call.socket.send(JSON.stringify(data));
}
