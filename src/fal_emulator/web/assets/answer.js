// What an app answered: JSON with its pictures, sounds and films, or the bytes themselves.

import { copyButton, h } from "./dom.js";

const ENDINGS = {
  image: /\.(png|jpe?g|gif|webp|svg|avif)$/i, audio: /\.(mp3|wav|ogg|flac|m4a|aac)$/i, video: /\.(mp4|webm|mov|mkv)$/i,
};
const MOST_TEXT = 200_000; // characters that are shown

// `result` has `content_type` and, of bytes, `url`; else `text`.
export function rendered(result) {
  const kind = mediaKind(result.content_type, "");
  if (kind && result.url) return media(kind, result.url);
  if (result.content_type?.includes("json")) {
    try { return value(JSON.parse(result.text)); } catch { /* shown as text */ }
  }
  if (result.text === undefined) return h("p", {}, h("a", { href: result.url, download: true }, "Download the answer"));
  return h("pre", { tabindex: 0 }, result.text.slice(0, MOST_TEXT));
}

export function value(data) {
  const text = JSON.stringify(data, (_, item) => (typeof item === "string" && item.length > 4000 ? `${item.slice(0, 200)} … (${item.length} characters)` : item), 2);
  const items = [...mediaIn(data)].slice(0, 24);
  return h("div", {}, items.map(([kind, url]) => media(kind, url)),
    h("pre", { tabindex: 0, class: "json" }, (text ?? "null").slice(0, MOST_TEXT)), copyButton(() => JSON.stringify(data, null, 2)));
}

function* mediaIn(data) {
  if (typeof data === "string") {
    const kind = mediaKind(data.match(/^data:([\w.+-]+\/[\w.+-]+)/)?.[1], data);
    if (kind && /^(https?:|data:)/.test(data)) yield [kind, data];
  } else if (Array.isArray(data)) {
    for (const item of data) yield* mediaIn(item);
  } else if (data && typeof data === "object") {
    const kind = typeof data.url === "string" ? mediaKind(data.content_type, data.url) : null;
    if (kind && /^(https?:|data:)/.test(data.url)) yield [kind, data.url];
    for (const [key, item] of Object.entries(data)) if (!(kind && key === "url")) yield* mediaIn(item);
  }
}

function mediaKind(type, url) {
  const main = (type ?? "").split("/")[0];
  if (main in ENDINGS) return main;
  if (url.startsWith("data:")) return null;
  const path = url.split(/[?#]/)[0];
  return Object.keys(ENDINGS).find((kind) => ENDINGS[kind].test(path)) ?? null;
}

function media(kind, url) {
  if (kind === "image") return h("p", {}, h("img", { class: "media", src: url, alt: "Picture in the answer", loading: "lazy" }));
  return h("p", {}, h(kind, { class: "media", src: url, controls: true }));
}
