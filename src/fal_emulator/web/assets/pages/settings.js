// Keys and secrets, without their values, and environments.

import { get } from "../api.js";
import { facts, h, table, when } from "../dom.js";

export async function show({ session, repeat, show: display }) {
  await repeat(async () => ({ keys: await get("/keys"), secrets: await get("/secrets"), environments: await get("/environments") }),
    ({ keys, secrets, environments }) => display(
      h("h1", {}, "Settings"),
      facts([["Account", session.account], ["Version", session.version], ["Address", h("code", {}, session.host)], ["State", h("code", {}, session.state)]]),
      h("h2", {}, "Keys"),
      table("API keys", [
        ["Key id", (key) => h("code", {}, key.key_id)], ["Description", (key) => key.description, "wide"],
        ["May", (key) => key.preset ?? key.permissions.join(", "), "wide"], ["Created", (key) => when(key.created_at)],
      ], keys, "There is no key."),
      h("h2", {}, "Secrets"),
      table("Secrets by name", [
        ["Name", (secret) => h("code", {}, secret.name)], ["Environment", (secret) => secret.environment],
        ["Created", (secret) => when(secret.created_at)],
      ], secrets, "There is no secret. client.secrets.set(\"NAME\", \"value\") sets one."),
      h("h2", {}, "Environments"),
      table("Environments", [
        ["Name", (environment) => environment.name], ["Description", (environment) => environment.description ?? "", "wide"],
        ["Created", (environment) => when(environment.created_at)],
      ], environments, "There is no environment."),
    ));
}
