import { EventEmitter, once } from "node:events";
import { createServer, Socket, type AddressInfo, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { ClientOperations, type ClientOperation } from "./client-operations.ts";

/** `up` is from the clients to the server. */
export type Direction = "up" | "down";

/**
 * Sees each operation of a client before the server does; the next one waits for it. What it does not forward, the
 * server never sees. To lose only the server's answer, cut the way down before forwarding.
 */
export type UpHook = (operation: ClientOperation, forward: () => void) => void | Promise<void>;

export interface Pace {
  /** Added to each way. */
  readonly latencyMs: number;
  /** Of each connection, each way. */
  readonly bytesPerSecond: number;
}

const fullSpeed: Pace = { latencyMs: 0, bytesPerSecond: Infinity };

interface Connection {
  readonly sockets: readonly [client: Socket, server: Socket];
  stranded: boolean;
}

/** Bytes on their way before the sender has to wait, each way of each connection: the kernels' buffers and the wire. */
const roomOnTheWay = 256 * 1024;

/** Begins a link to a server, or to the servers of a cluster. Those must not advertise where they really are. */
export async function startLink(servers: readonly string[], hook?: UpHook): Promise<Link> {
  const listeners = servers.map(() => createServer({ noDelay: true }));
  await Promise.all(listeners.map((listener) => once(listener.listen(0, "127.0.0.1"), "listening")));
  return new Link(listeners, servers, hook);
}

/**
 * A link that can be cut, between clients and their servers: a TCP proxy on loopback. What it holds is not lost, since
 * TCP would send it again: it goes on its way at `heal`, even the end of a connection.
 */
export class Link implements AsyncDisposable {
  /** The addresses for the clients, one for each server, with commas between. */
  readonly url: string;
  readonly #listeners: readonly Server[];
  readonly #hook: UpHook | undefined;
  readonly #connections = new Set<Connection>();
  readonly #cut = new Set<Direction>();
  readonly #healing = new EventEmitter().setMaxListeners(0);
  #pace: Pace = fullSpeed;
  #slowness = new AbortController();

  /** Use `startLink`. */
  constructor(listeners: readonly Server[], servers: readonly string[], hook: UpHook | undefined) {
    this.#listeners = listeners;
    this.#hook = hook;
    this.url = listeners.map((listener) => `nats://127.0.0.1:${(listener.address() as AddressInfo).port}`).join(",");
    for (const [at, listener] of listeners.entries()) {
      listener.on("connection", (client) => this.#carry(client, new URL(servers[at]!)));
    }
  }

  /** Lets nothing pass, in one direction or in both, and ends nothing: each side just hears no more. */
  cut(...directions: readonly Direction[]): void {
    for (const one of directions.length === 0 ? (["up", "down"] as const) : directions) this.#cut.add(one);
  }

  /** Leaves each present connection open and dead, at both ends; new ones work. */
  strand(): void {
    for (const connection of this.#connections) connection.stranded = true;
  }

  /** Ends each present connection, for both sides. */
  drop(): void {
    for (const connection of this.#connections) end(connection);
  }

  slow(pace: Pace): void {
    this.#pace = pace;
  }

  /** Lets pass what is held and what comes, at full speed. Stranded connections end now. */
  heal(): void {
    this.#pace = fullSpeed;
    this.#slowness.abort();
    this.#slowness = new AbortController();
    this.#cut.clear();
    for (const connection of this.#connections) if (connection.stranded) end(connection);
    this.#healing.emit("healed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#listeners.map((listener) => once(listener.close(), "close"));
    this.drop();
    this.heal();
    await Promise.all(closed);
  }

  #carry(client: Socket, { hostname, port }: URL): void {
    const server = new Socket().setNoDelay(true);
    const connection: Connection = { sockets: [client, server], stranded: false };
    this.#connections.add(connection);
    client.once("close", () => server.destroyed && this.#connections.delete(connection));
    server.once("close", () => client.destroyed && this.#connections.delete(connection));
    const connected = this.#open(connection, "up").then(() => {
      if (!server.destroyed) server.connect(Number(port), hostname);
    });
    this.#pump(connection, "up", connected);
    this.#pump(connection, "down", connected);
  }

  #pump(connection: Connection, direction: Direction, connected: Promise<void>): void {
    const [client, server] = connection.sockets;
    const [from, to] = direction === "up" ? [client, server] : [server, client];
    const hook = direction === "up" ? this.#hook : undefined;
    const operations = new ClientOperations();
    let [onTheWay, wireFreeAt] = [0, 0];
    let before = connected;

    const pass = async (chunk: Buffer): Promise<void> => {
      await this.#open(connection, direction);
      for (const operation of hook === undefined ? [] : operations.push(chunk)) {
        if (!to.destroyed) await hook?.(operation, () => void to.write(operation.bytes));
      }
      if (hook === undefined && !to.destroyed) to.write(chunk);
      if (to.writableNeedDrain) await Promise.race([once(to, "drain"), once(to, "close")]);
    };
    from.on("error", () => {});
    from.on("data", (chunk: Buffer) => {
      onTheWay += chunk.length;
      if (onTheWay > roomOnTheWay) from.pause();
      const { latencyMs, bytesPerSecond } = this.#pace;
      const { signal } = this.#slowness;
      wireFreeAt = Math.max(performance.now(), wireFreeAt) + (chunk.length / bytesPerSecond) * 1000;
      const there = wireFreeAt + latencyMs;
      before = before.then(async () => {
        const ms = there - performance.now();
        if (ms > 0) await delay(ms, undefined, { signal }).catch(() => {});
        await pass(chunk);
        onTheWay -= chunk.length;
        if (onTheWay <= roomOnTheWay) from.resume();
      });
    });
    from.on("close", () => {
      before = before.then(() => this.#open(connection, direction)).then(() => to.destroySoon());
    });
  }

  /** Waits while the direction is cut. On a stranded connection it waits for the healing that ends it. */
  async #open(connection: Connection, direction: Direction): Promise<void> {
    while (connection.stranded || this.#cut.has(direction)) {
      if (connection.stranded && connection.sockets.every((socket) => socket.destroyed)) return;
      await once(this.#healing, "healed");
    }
  }
}

function end({ sockets }: Connection): void {
  for (const socket of sockets) socket.destroy();
}
