// The same call as curl, Python and JavaScript.

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// Python's spelling of a JSON value.
function python(data, indent = "") {
  if (data === null) return "None";
  if (data === true) return "True";
  if (data === false) return "False";
  if (typeof data !== "object") return JSON.stringify(data);
  const inner = `${indent}    `;
  const [open, close, items] = Array.isArray(data)
    ? ["[", "]", data.map((item) => `${inner}${python(item, inner)},`)]
    : ["{", "}", Object.entries(data).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${python(item, inner)},`)];
  return items.length ? `${open}\n${items.join("\n")}\n${indent}${close}` : open + close;
}

export function snippets({ account, app, path, urls, input, stream }) {
  const name = `${account}/${app}`;
  const below = path === "/" ? "" : path;
  const body = JSON.stringify(input, null, 2);
  const indented = body.replaceAll("\n", "\n  ");
  return {
    curl: [
      `curl ${shell(urls.run + below)} \\`, stream ? "  --no-buffer \\" : null,
      "  -H \"Authorization: Key $FAL_KEY\" \\", "  -H 'Content-Type: application/json' \\", `  -d ${shell(body)}`,
    ].filter(Boolean).join("\n"),
    Python: stream
      ? `import fal_client\n\nfor event in fal_client.stream(\n    ${JSON.stringify(name)},\n    arguments=${python(input, "    ")},\n    path=${JSON.stringify(below)},\n):\n    print(event)`
      : `import fal_client\n\nresult = fal_client.run(\n    ${JSON.stringify(name + below)},\n    arguments=${python(input, "    ")},\n)\nprint(result)`,
    JavaScript: stream
      ? `import { fal } from "@fal-ai/client";\n\nconst stream = await fal.stream(${JSON.stringify(name + below)}, {\n  input: ${indented},\n});\nfor await (const event of stream) console.log(event);`
      : `import { fal } from "@fal-ai/client";\n\nconst result = await fal.run(${JSON.stringify(name + below)}, {\n  input: ${indented},\n});\nconsole.log(result.data);`,
  };
}
