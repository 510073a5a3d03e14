// The floor of a send as a whole process: connects, sends a ping, or the program that is named, to a node as the floor's
// sender does, waits for the final ACK, and ends. Nothing of Steward is in it: no command line, no settings, no check of
// what is sent.
import { jetstream } from "@nats-io/jetstream";
import { connect } from "nats";
import { publishBare } from "./floor-message.ts";
import { exec, ping } from "./kinds.ts";

const [servers = "", node = "", ...data] = process.argv.slice(2);
const work = data.length === 0 ? ping : { ...exec, data };
const nc = await connect({ servers, noAsyncTraces: true });
const { ended } = await publishBare(nc, jetstream(nc), { ...work, node });
await ended;
process.exit();
