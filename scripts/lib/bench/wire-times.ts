// Loaded into a process before everything else: keeps when each piece of a connection was written and read, by a clock
// that all processes of a machine share, and tells it when the parent asks.
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

const { write, emit } = Socket.prototype;
Socket.prototype.write = function (this: Socket, ...args: unknown[]): boolean {
  const [chunk] = args;
  if (chunk instanceof Uint8Array) pieces.push({ at: now(), out: true, text: Buffer.from(chunk).toString("latin1") });
  return (write as (...args: unknown[]) => boolean).apply(this, args);
} as typeof write;
Socket.prototype.emit = function (this: Socket, ...args: unknown[]): boolean {
  const [event, chunk] = args;
  if (event === "data" && chunk instanceof Uint8Array) {
    pieces.push({ at: now(), out: false, text: Buffer.from(chunk).toString("latin1") });
  }
  return (emit as (...args: unknown[]) => boolean).apply(this, args);
} as typeof emit;

process.on("message", (message) => {
  if (message === "pieces") process.send?.(takePieces());
});
// The channel to the parent must not keep the process.
process.channel?.unref();
