// Forms from JSON schemas: one control for each property, and the value that the controls hold.

import { upload } from "./api.js";
import { announce, h } from "./dom.js";

const FILE_NAME = /(^|_)(image|audio|video|file|mask|archive|data)s?_?urls?$/;

export function resolve(document, schema) {
  let resolved = schema ?? {};
  for (let depth = 0; depth < 32; depth += 1) {
    if (resolved.$ref) {
      const target = resolved.$ref.replace(/^#\//, "").split("/").reduce((at, key) => at?.[key], document);
      resolved = { ...target, ...without(resolved, "$ref") }; // a default beside the reference counts
    }
    else if (resolved.allOf?.length === 1) resolved = { ...resolve(document, resolved.allOf[0]), ...without(resolved, "allOf") };
    else return resolved;
  }
  return {};
}

function without(value, key) {
  const { [key]: _, ...rest } = value;
  return rest;
}

// The one shape behind "this or null", and whether null may be sent.
function plain(document, schema) {
  const resolved = resolve(document, schema);
  const options = (resolved.anyOf ?? resolved.oneOf ?? []).map((option) => resolve(document, option));
  const real = options.filter((option) => option.type !== "null");
  if (!options.length) return resolved;
  if (real.length === 1) return { ...real[0], ...without(without(resolved, "anyOf"), "oneOf") };
  // A choice of which one is a list of named values, such as an image size, is a text or an object: JSON takes both.
  return { ...resolved, type: undefined, orText: real.some((option) => option.type === "string") };
}

// The controls of an object's properties; `value()` is the JSON that is to be sent.
export function objectForm(document, schema) {
  const resolved = resolve(document, schema);
  const names = resolved["x-fal-order-properties"] ?? Object.keys(resolved.properties ?? {});
  const required = new Set(resolved.required ?? []);
  const controls = names.map((name) => control(document, name, resolved.properties[name], required.has(name)));
  return {
    elements: controls.map(({ element }) => element),
    value: () => Object.fromEntries(controls.map(({ read }) => read()).filter((pair) => pair !== null)),
  };
}

function control(document, name, schema, required) {
  const shape = plain(document, schema);
  const id = `input-${name}`;
  const start = shape.default ?? shape.examples?.[0];
  const about = [shape.description, limits(shape)].filter(Boolean).join(" ");
  const hint = about ? h("p", { class: "hint", id: `${id}-hint` }, about) : null;
  const shared = { id, name, required, "aria-describedby": hint ? `${id}-hint` : null };
  // The title of what it refers to, a class, says nothing about the property.
  const title = schema.title ?? name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
  const [input, read, extra] = widget(name, shape, shared, start, title);
  const label = h("label", { for: id }, title, required ? h("span", { "aria-hidden": "true" }, " *") : "");
  return {
    element: h("div", { class: "field" }, label, hint, input, extra),
    read: () => {
      const value = read();
      return value === undefined ? null : [name, value];
    },
  };
}

function limits(shape) {
  const parts = [];
  if (shape.minimum !== undefined) parts.push(`At least ${shape.minimum}.`);
  if (shape.exclusiveMinimum !== undefined) parts.push(`More than ${shape.exclusiveMinimum}.`);
  if (shape.maximum !== undefined) parts.push(`At most ${shape.maximum}.`);
  if (shape.exclusiveMaximum !== undefined) parts.push(`Less than ${shape.exclusiveMaximum}.`);
  return parts.join(" ");
}

function widget(name, shape, shared, start, title) {
  const choices = shape.enum ?? (shape.const !== undefined ? [shape.const] : null);
  if (choices) {
    const select = h("select", shared, shared.required ? null : h("option", { value: "" }, "—"),
      choices.map((choice, index) => h("option", { value: String(index), selected: choice === start }, String(choice))));
    return [select, () => (select.value === "" ? undefined : choices[Number(select.value)])];
  }
  if (shape.type === "boolean") {
    const box = h("input", { ...shared, required: null, type: "checkbox", checked: start === true });
    return [box, () => box.checked];
  }
  if (shape.type === "integer" || shape.type === "number") {
    const box = h("input", {
      ...shared, type: "number", step: shape.multipleOf ?? (shape.type === "integer" ? 1 : "any"),
      min: shape.minimum, max: shape.maximum, value: start ?? "",
    });
    return [box, () => (box.value === "" ? undefined : Number(box.value))];
  }
  if (shape.type === "string") return text(name, shape, shared, start);
  if (shape.properties?.url && shape.properties.content_type) { // a file of the toolkit
    const [box, read, picker] = file(shared, start?.url);
    return [box, () => { const url = read(); return url === undefined ? undefined : { ...start, url }; }, picker];
  }
  const area = h("textarea", { ...shared, spellcheck: "false", placeholder: "JSON" });
  area.value = start === undefined || start === null ? "" : JSON.stringify(start, null, 2);
  return [area, () => json(area, title, shape.orText)];
}

function text(name, shape, shared, start) {
  if (FILE_NAME.test(name) || shape.ui?.field) return file(shared, start);
  const long = /prompt|text|description|message|content/.test(name);
  const box = long ? h("textarea", { ...shared, class: "prose" }) : h("input", { ...shared, type: shape.format === "password" ? "password" : "text" });
  box.value = start ?? "";
  return [box, () => (box.value === "" && !shared.required ? undefined : box.value)];
}

function file(shared, start) {
  const box = h("input", { ...shared, type: "text", placeholder: "URL" });
  box.value = start ?? "";
  const picker = h("input", {
    type: "file", "aria-label": `File for ${shared.name}`,
    onchange: async () => {
      if (!picker.files.length) return;
      try {
        box.value = await upload(picker.files[0]);
        announce("The file is uploaded.");
      } catch (error) { announce(error.message); }
    },
  });
  return [box, () => (box.value === "" && !shared.required ? undefined : box.value), picker];
}

function json(area, title, orText) {
  if (!area.value.trim()) return undefined;
  try { return JSON.parse(area.value); } catch {
    if (orText) return area.value;
    throw new Error(`${title}: this is not JSON.`);
  }
}
