import type { SentEvent } from "../../client/events.ts";
import type { OutputStream } from "../../protocol/ack.ts";
import { keyOf, type Address } from "../../protocol/subjects.ts";
import { asLines, jsonLine } from "../print.ts";
import { afterCharacter, afterLine, Pieces } from "./pieces.ts";

/** The most bytes of a line. A longer line is shown in pieces, and each piece is a line. */
const longestLine = 256 * 1024;

/** The destination of live output. If a promise is returned, it is awaited before more is written. */
export interface LiveOut {
  stdout(bytes: Buffer): Promise<void> | void;
  stderr(bytes: Buffer): Promise<void> | void;
}

type Part<Kind extends SentEvent["kind"]> = Omit<Extract<SentEvent, { kind: Kind }>, "node" | "cursor">;

/** The parts of an event that are shown. */
export type ShownEvent =
  | Part<"output">
  | Part<"gap">
  | Part<"started">
  | (Pick<SentEvent, "address" | "attempt"> & { readonly kind: "cut" | "retrying" | "ended" });

/** Shows live output to a person or a program. */
export interface LiveView {
  take(event: ShownEvent): Promise<void> | void;
  /** Shows incomplete lines. */
  end(): void;
}

/**
 * Live output for people. Only complete lines are printed, and each begins with the name of its node, so that lines of
 * different nodes do not mix. The stdout of a run goes to stdout; its stderr and all notes go to stderr. The bytes are
 * unchanged, even if they are not text.
 */
export function liveLines(out: LiveOut, nameOf: (address: Address) => string): LiveView {
  const streams = new OpenStreams(
    () => new Pieces(afterLine, longestLine),
    (address, { stream }, bytes) => {
      return out[stream](prefixed(`${nameOf(address)}: `, bytes));
    },
  );
  const note = (address: Address, text: string): Promise<void> | void => {
    return out.stderr(Buffer.from(asLines([`${nameOf(address)}: ${text}`])));
  };
  return {
    take: (event) => {
      const { address } = event;
      if (event.kind === "output") return streams.add(event);
      streams.end(address);
      if (event.kind === "gap") {
        return note(
          address,
          `${(event.to - event.from).toLocaleString("en")} bytes of ${event.stream} are missing here`,
        );
      }
      if (event.kind === "cut") return note(address, `the last output of attempt ${event.attempt} may be missing here`);
      if (!isRepeat(event)) return undefined;
      const why = event.after === undefined ? "" : `, after: ${event.after.message}`;
      return note(address, `attempt ${event.attempt} starts${why}`);
    },
    end: () => streams.endAll(),
  };
}

/** Live output for programs. Each line is a JSON document. Bytes that are not UTF-8 are in `base64`. */
export function liveJson(out: LiveOut): LiveView {
  const write = ({ node, messageType, subject, id }: Address, kind: string, rest: object): Promise<void> | void => {
    return out.stdout(Buffer.from(asLines([jsonLine({ kind, node, messageType, subject, id, ...rest })])));
  };
  const streams = new OpenStreams(
    () => new Pieces(afterCharacter, 4),
    (address, place, bytes) => {
      return write(address, "output", { ...place, ...textOf(bytes) });
    },
  );
  return {
    take: (event) => {
      if (event.kind === "output") return streams.add(event);
      const { address, attempt } = event;
      streams.end(address);
      if (isRepeat(event)) return write(address, "attempt", { attempt, after: event.after });
      if (event.kind === "cut") return write(address, "cut", { attempt });
      if (event.kind !== "gap") return undefined; // The final ACK is printed later, in the result.
      const { stream, from, to } = event;
      return write(address, "gap", { attempt, stream, from, to });
    },
    end: () => streams.endAll(),
  };
}

/** True for the start of a run after the first run. The start of the first run is not shown. */
function isRepeat(event: ShownEvent): event is Part<"started"> {
  return event.kind === "started" && event.attempt > 1;
}

type Output = Part<"output">;
/** The place of some bytes in the output of a run. */
type Place = Pick<Output, "attempt" | "stream" | "offset">;
type Show = (address: Address, place: Place, bytes: Buffer) => Promise<void> | void;

/**
 * A stream that is being read. It copies what it keeps, because a received buffer would keep a large block of memory.
 */
interface OpenStream {
  readonly address: Address;
  readonly attempt: number;
  readonly stream: OutputStream;
  readonly pieces: Pieces;
  /** The offset of the next bytes. */
  end: number;
}

/** The streams that are being read. Each stream is cut into pieces separately. */
class OpenStreams {
  readonly #streams = new Map<string, OpenStream[]>();
  readonly #begin: () => Pieces;
  readonly #show: Show;

  constructor(begin: () => Pieces, show: Show) {
    this.#begin = begin;
    this.#show = show;
  }

  add({ address, attempt, stream, offset, bytes }: Output): Promise<void> | void {
    const key = keyOf(address);
    const streams = this.#streams.get(key) ?? [];
    let open = streams.find((one) => one.stream === stream);
    if (open === undefined) {
      open = { address, attempt, stream, pieces: this.#begin(), end: 0 };
      this.#streams.set(key, [...streams, open]);
    }
    const begins = offset - open.pieces.waiting;
    const complete = open.pieces.add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    open.end = offset + bytes.length;
    return complete.length === 0 ? undefined : this.#show(address, { attempt, stream, offset: begins }, complete);
  }

  /** Shows incomplete pieces, because other text follows or the output ends. */
  end(address: Address): void {
    const streams = this.#streams.get(keyOf(address)) ?? [];
    this.#streams.delete(keyOf(address));
    for (const { attempt, stream, pieces, end } of streams) {
      const offset = end - pieces.waiting;
      const rest = pieces.end();
      if (rest.length > 0) void this.#show(address, { attempt, stream, offset }, rest);
    }
  }

  endAll(): void {
    for (const [first] of this.#streams.values()) if (first !== undefined) this.end(first.address);
  }
}

/** Adds a name before each line. The last line always ends with a line feed. */
function prefixed(prefix: string, bytes: Buffer): Buffer {
  const lines = bytes.toString("latin1").replace(/\n$/, "").replaceAll("\n", `\n${prefix}`);
  return Buffer.from(`${prefix}${lines}\n`, "latin1");
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    return { base64: bytes.toString("base64") };
  }
}
