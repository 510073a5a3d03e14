// A send to a plain durable consumer as a whole process: connects, sends one program, waits for its result, and ends.
import { jetstream } from "@nats-io/jetstream";
import { connect } from "nats";
import { runPlain } from "./plain-message.ts";

const [servers = "", node = "", ...data] = process.argv.slice(2);
const nc = await connect({ servers, noAsyncTraces: true });
await runPlain(nc, jetstream(nc), node, data);
process.exit();
