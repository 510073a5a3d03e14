// Steward's client, as programs use it, on one open connection.
import { connect } from "../../../src/client.ts";
import type { Work } from "./kinds.ts";
import { serve } from "./sending.ts";

const client = await connect({ servers: process.argv[2] ?? "" });

serve({
  one: ({ node, ...work }) => run([node], work),
  lines: () => Promise.reject(new Error("the client forwards lines as steward-sender does")),
  fanOut: async (nodes, work) => {
    const start = performance.now();
    await run(nodes, work);
    return performance.now() - start;
  },
});

async function run(nodes: readonly string[], { messageType: type, subject, data }: Work): Promise<void> {
  const result = await client.run({ nodes, subject, type, data }, { wait: "60s" });
  result.orThrow();
}
