// Small charts of the last hour.

import { get } from "../api.js";
import { chart, h, lasted } from "../dom.js";

export async function show({ repeat, show: display }) {
  const count = (value) => String(value);
  await repeat(() => get("/metrics?minutes=60"), (metrics) => display(
    h("h1", {}, "Metrics"),
    h("p", { class: "soft" }, "The last hour, minute by minute. For Prometheus: ", h("code", {}, "/metrics"), "."),
    h("div", { class: "charts" },
      chart("Requests per minute", metrics.series.requests, count),
      chart("Errors per minute", metrics.series.errors, count),
      chart("Duration, median", metrics.series.p50_duration, lasted),
      chart("Duration, 99 of 100", metrics.series.p99_duration, lasted),
      chart("Runners", metrics.series.runners, count),
      chart("Waiting requests", metrics.series.waiting, count)),
  ));
}
