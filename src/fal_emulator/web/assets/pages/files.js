// The data volume, which apps see as /data.

import { get } from "../api.js";
import { bytes, h, table, when } from "../dom.js";

const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");
const below = (path) => path.replace(/^\/?(data\/)?/, "");

export async function show({ parts, show: display }) {
  const folder = parts.join("/");
  const files = await get(`/files/list/${encoded(folder)}`);
  const trail = parts.map((part, index) => [" / ", h("a", { href: `#/files/${parts.slice(0, index + 1).map(encodeURIComponent).join("/")}` }, part)]);
  display(
    h("h1", {}, "Files"),
    h("p", {}, h("a", { href: "#/files" }, "/data"), trail),
    table("Files of the folder", [
      ["Name", (file) => h("a", {
        href: file.is_file ? `/-/api/files/file/${encoded(below(file.path))}` : `#/files/${encoded(below(file.path))}`,
        download: file.is_file,
      }, file.is_file ? file.name : `${file.name}/`)],
      ["Size", (file) => (file.is_file ? bytes(file.size) : ""), "number"],
      ["Changed", (file) => when(new Date(file.updated_time * 1000).toISOString())],
    ], files, "The folder is empty. client.files.upload(...) puts files here."),
  );
}
