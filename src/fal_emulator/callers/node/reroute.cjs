// Sends what programs have for fal's hosts to the local control plane; Node loads this when it starts. Nothing else is touched,
// and nothing at all where FAL_RUN_HOST does not name a host of this machine.
"use strict";

const run = process.env.FAL_RUN_HOST || "";
if (/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(run)) {
  const places = new Map([
    ["fal.run", run],
    ["ws.fal.run", process.env.FAL_WS_RUN_HOST || `${run}/ws`],
    ["queue.fal.run", process.env.FAL_QUEUE_RUN_HOST || `${run}/queue`],
    ["rest.fal.ai", process.env.FAL_REST_HOST || run],
    ["rest.alpha.fal.ai", process.env.FAL_REST_HOST || run],
    ["v3.fal.media", process.env.FAL_REST_HOST || run],
  ]);

  const rerouted = (address) => {
    const url = new URL(address);
    const place = places.get(url.hostname);
    return place === undefined ? address : `${url.protocol}//${place}${url.pathname}${url.search}`;
  };

  const fetched = globalThis.fetch;
  if (fetched !== undefined) {
    globalThis.fetch = (input, options) => {
      if (input instanceof Request) {
        return fetched(new Request(rerouted(input.url), input), options);
      }
      return fetched(rerouted(String(input)), options);
    };
  }

  const Socket = globalThis.WebSocket;
  if (Socket !== undefined) {
    globalThis.WebSocket = class extends Socket {
      constructor(address, ...rest) {
        super(rerouted(String(address)), ...rest);
      }
    };
  }
}
