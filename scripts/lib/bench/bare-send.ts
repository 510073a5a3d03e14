// The floor of a send as a whole process: connects, sends one ping to a node as the floor's sender does, waits for the
// final ACK, and ends. Nothing of Steward is in it: no command line, no settings, no check of what is sent.
import { jetstream } from "@nats-io/jetstream";
import { connect } from "nats";
import { publishBare } from "./floor-message.ts";
import { ping } from "./kinds.ts";

const [servers = "", node = ""] = process.argv.slice(2);
const nc = await connect({ servers, noAsyncTraces: true });
const { ended } = await publishBare(nc, jetstream(nc), { ...ping, node });
await ended;
process.exit();
