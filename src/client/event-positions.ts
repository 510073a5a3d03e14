import * as v from "valibot";
import type { LiveEvent } from "../follow/live-event.ts";
import type { ReadUpTo } from "../follow/followed-message.ts";
import { StewardError } from "../protocol/errors.ts";
import { typeAndSubject, type Address } from "../protocol/subjects.ts";
import { parseBytes } from "../util/parse-bytes.ts";

/** How far a reader has read the steps of a message on one node. */
interface Position {
  readonly attempt: number;
  /** The offsets of the next bytes of the attempt's output. Not set if the attempt was read completely. */
  readonly output?: { readonly stdout: number; readonly stderr: number } | undefined;
  readonly hasEnded: boolean;
}

const none: Position = { attempt: 0, output: { stdout: 0, stderr: 0 }, hasEnded: false };

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * The position of the reader for each node and lane: the attempt, and the number of bytes of each stream. An attempt
 * without numbers of bytes was read completely. An empty tuple: the reader has received the end of the message.
 */
const cursorSchema = v.record(
  v.string(),
  v.union([v.strictTuple([]), v.strictTuple([count]), v.strictTuple([count, count, count])]),
);

/** Keeps the position of the reader in the events of one id, for each node. Makes the cursors for these positions. */
export class EventPositions {
  readonly #places: ReadonlyMap<string, number>;
  /**
   * Each event makes a new array, because the cursor of an earlier event may still be made from the array of that time.
   */
  #positions: readonly Position[];

  /** @throws StewardError usage for a text that is not a cursor */
  constructor(addresses: readonly Address[], after?: string) {
    const before = after === undefined ? new Map<string, Position>() : positionsIn(after);
    this.#places = new Map(addresses.map((address, at) => [placeOf(address), at]));
    this.#positions = addresses.map((address) => before.get(placeOf(address)) ?? none);
  }

  /** The position up to which a message was read. Undefined if no part of the message was read. */
  of(address: Address): ReadUpTo | undefined {
    const { attempt, output } = this.#at(address);
    return attempt === 0 ? undefined : { attempt, output };
  }

  hasEnded(address: Address): boolean {
    return this.#at(address).hasEnded;
  }

  /** Moves the position to the end of this event. Returns a function that makes the cursor for this position. */
  advance(event: LiveEvent): () => string {
    const at = this.#places.get(placeOf(event.address));
    const now = at === undefined ? none : behind(event, this.#positions[at] ?? none);
    const positions = at === undefined ? this.#positions : this.#positions.with(at, now);
    this.#positions = positions;
    return () => this.#cursor(positions);
  }

  #at(address: Address): Position {
    return this.#positions[this.#places.get(placeOf(address)) ?? -1] ?? none;
  }

  #cursor(positions: readonly Position[]): string {
    const begun = [...this.#places].flatMap(([place, at]) => {
      const { attempt, output, hasEnded } = positions[at] ?? none;
      if (hasEnded) return [[place, []]];
      if (attempt === 0) return [];
      return [[place, output === undefined ? [attempt] : [attempt, output.stdout, output.stderr]]];
    });
    return Buffer.from(JSON.stringify(Object.fromEntries(begun))).toString("base64url");
  }
}

function placeOf(address: Address): string {
  return `${address.node}.${typeAndSubject(address)}`;
}

function behind(event: LiveEvent, before: Position): Position {
  const { attempt } = event;
  const { stdout, stderr } = (attempt === before.attempt ? before.output : undefined) ?? { stdout: 0, stderr: 0 };
  const output = { stdout, stderr };
  switch (event.kind) {
    case "ended":
      return { attempt, hasEnded: true };
    case "retrying":
      return { attempt, hasEnded: false };
    case "output":
      return { attempt, output: { ...output, [event.stream]: event.offset + event.bytes.length }, hasEnded: false };
    case "gap":
      return { attempt, output: { ...output, [event.stream]: event.to }, hasEnded: false };
    case "attempt":
    case "cut":
    default:
      return { attempt, output, hasEnded: false };
  }
}

function positionsIn(cursor: string): Map<string, Position> {
  const read = parseBytes(cursorSchema, Buffer.from(cursor, "base64url"));
  if (read === undefined) throw new StewardError("usage", `${JSON.stringify(cursor)} is not a cursor of an event`);
  return new Map(
    Object.entries(read).map(([place, [attempt = 0, stdout, stderr]]) => {
      const output = stdout === undefined || stderr === undefined ? undefined : { stdout, stderr };
      return [place, { attempt, output, hasEnded: attempt === 0 }];
    }),
  );
}
