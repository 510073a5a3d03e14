// A plain durable consumer: what somebody has who writes a node for one purpose with nats.js.
import { connect } from "nats";
import { plainStreams, servePlain } from "./plain-node.ts";
import { endWithParent } from "./sending.ts";

const nc = await connect({ servers: (process.argv[2] ?? "").split(","), noAsyncTraces: true });
await plainStreams(nc);
await servePlain(nc, "plain");
endWithParent();
process.send?.("ready");
