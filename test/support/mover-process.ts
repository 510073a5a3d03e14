// Moves the queue of an older version, in a process that a test may kill. Its argument is the broker's address.
import { openBroker } from "../../src/broker/connection/connect.ts";
import { moveQueue } from "../../src/broker/move/move-queue.ts";

const broker = await openBroker(
  { servers: process.argv[2] ?? "", namespace: "steward" },
  { name: "mover", waitMs: 10_000 },
);
await moveQueue(broker, { say: (line) => console.log(line), deletionMs: 500 });
await broker.close();
