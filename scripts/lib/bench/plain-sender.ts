// Sends programs to plain durable consumers, with bare nats.js.
import { jetstream } from "@nats-io/jetstream";
import { connect } from "nats";
import { runPlain } from "./plain-message.ts";
import { serve } from "./sending.ts";

const nc = await connect({ servers: (process.argv[2] ?? "").split(","), noAsyncTraces: true });
const js = jetstream(nc);

serve({
  one: ({ node, data }) => runPlain(nc, js, node, data),
  lines: () => Promise.reject(new Error("a plain consumer keeps no log")),
  fanOut: async (nodes, { data }, _wait) => {
    const start = performance.now();
    await Promise.all(nodes.map((node) => runPlain(nc, js, node, data)));
    return performance.now() - start;
  },
});
