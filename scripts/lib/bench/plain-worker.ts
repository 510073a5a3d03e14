// A plain durable consumer, as a developer would write it with nats.js for a node with a single purpose.
import { connect } from "nats";
import { plainStreams, servePlain } from "./plain-node.ts";
import { endWithParent } from "./sending.ts";

const nc = await connect({ servers: (process.argv[2] ?? "").split(","), noAsyncTraces: true });
await plainStreams(nc);
await servePlain(nc, "plain");
endWithParent();
process.send?.("ready");
