// The local JSON API, which docs/local-api.md describes.

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(method, path, body) {
  const headers = { "x-local-page": "1" };
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/-/api${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new ApiError(0, "The local control plane does not answer. Is it still running?");
  }
  const text = await answer.text();
  if (answer.ok) return text ? JSON.parse(text) : null;
  let message = text || answer.statusText;
  try { message = JSON.parse(text).detail; } catch { /* plain text */ }
  throw new ApiError(answer.status, typeof message === "string" ? message : JSON.stringify(message));
}

export const get = (path) => request("GET", path);
export const post = (path, body) => request("POST", path, body);

export function query(values) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) parameters.set(name, value);
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

// Follow a stream of events; returns what ends it.
export function follow(path, onEvent) {
  const source = new EventSource(`/-/api${path}`);
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  return () => source.close();
}

export async function upload(file) {
  const { file_url: url, upload_url: target } = await post("/uploads", {
    file_name: file.name, content_type: file.type || "application/octet-stream",
  });
  const answer = await fetch(new URL(target).pathname + new URL(target).search, { method: "PUT", body: file });
  if (!answer.ok) throw new ApiError(answer.status, `The upload failed with status ${answer.status}.`);
  return url;
}
