// Loaded into a process before everything else: keeps when each piece of a connection was written and read, by a clock
// that all processes of a machine share, and reports it when the parent asks.
import { Socket } from "node:net";

/** A piece of a connection as it was written (`out`) or read. Time in microseconds. */
export interface Piece {
  readonly at: number;
  readonly out: boolean;
  readonly text: string;
}

/** Now, in microseconds of the machine's clock. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

const pieces: Piece[] = [];

/** What was written and read so far. */
export function takePieces(): Piece[] {
  return pieces.splice(0);
}

type Method = (this: Socket, ...args: readonly unknown[]) => boolean;

const methods = Socket.prototype as unknown as { write: Method; emit: Method };

watch("write", ([chunk]) => keep(chunk, true));
watch("emit", ([event, chunk]) => {
  if (event === "data") keep(chunk, false);
});

function watch(name: "write" | "emit", see: (args: readonly unknown[]) => void): void {
  const original = methods[name];
  methods[name] = function (...args) {
    see(args);
    return original.apply(this, [...args]);
  };
}

function keep(chunk: unknown, out: boolean): void {
  if (chunk instanceof Uint8Array) pieces.push({ at: now(), out, text: Buffer.from(chunk).toString("latin1") });
}

process.on("message", (message) => {
  if (message === "pieces") process.send?.(takePieces());
});
// The channel to the parent must not keep the process.
process.channel?.unref();
