import { EventEmitter, on } from "node:events";
import { headers as natsHeaders, type Msg, type MsgHdrs, type NatsConnection } from "nats";
import { Broker, type Requests } from "../../../src/broker/connection/broker.ts";

// Loaded before a test counts turns of the event loop.
await Promise.all([import("@nats-io/jetstream"), import("@nats-io/kv")]);

/** A request as the broker was asked it. */
export interface Asked {
  readonly subject: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
}

/** An error rejects the request; a promise that stays pending is a broker that says nothing. */
type Answer = Msg | Error | Promise<Msg | Error>;

export interface ScriptedBroker {
  readonly broker: Broker;
  readonly asked: Asked[];
  readonly published: { readonly subject: string; readonly body: string; readonly reply: string | undefined }[];
  /** The subjects that are subscribed to. */
  readonly subscribed: () => string[];
  /** Hands a message to whoever subscribed to its subject, or to another: a consumer delivers into an inbox. */
  readonly deliver: (msg: Msg, to?: string) => void;
  readonly connection: (change: "disconnect" | "reconnect") => void;
  readonly close: () => void;
}

/** A broker connection that answers requests by a script. It knows nothing of streams: the script says it all. */
export function scriptedBroker(answer: (asked: Asked, count: number) => Answer): ScriptedBroker {
  const asked: Asked[] = [];
  const published: ScriptedBroker["published"] = [];
  const subscriptions = new Set<{ readonly subject: string; readonly callback: (error: null, msg: Msg) => void }>();
  const status = new EventEmitter();
  let closed = false;
  const nc = {
    info: { max_payload: 1024 * 1024 },
    // What the packages look at.
    options: {},
    features: { get: () => ({ ok: true }) },
    isClosed: () => closed,
    async *status() {
      for await (const [type] of on(status, "status") as AsyncIterable<[string]>) yield { type };
    },
    flush: async () => {},
    publish: (subject: string, payload: Uint8Array | string = "", { reply }: { readonly reply?: string } = {}) => {
      if (closed) throw new Error("closed connection");
      published.push({ subject, body: Buffer.from(payload).toString(), reply });
    },
    subscribe: (subject: string, { callback }: { readonly callback: (error: null, msg: Msg) => void }) => {
      const subscription = { subject, callback };
      subscriptions.add(subscription);
      return { unsubscribe: () => subscriptions.delete(subscription) };
    },
  };
  const lost = new Set<(error: Error) => void>();
  const requests: Requests = {
    ask: async (subject, payload, { timeoutMs: timeout, headers: given }) => {
      const headers = Object.fromEntries([...(given ?? [])].map(([name, [value = ""]]) => [name, value]));
      const request = { subject, body: Buffer.from(payload).toString(), headers, timeout };
      asked.push(request);
      const reply = await new Promise<Msg | Error>((resolve) => {
        lost.add(resolve);
        void Promise.resolve(answer(request, asked.length)).then(resolve, resolve);
      });
      if (reply instanceof Error) throw reply;
      // What is found by its key has that key.
      const [, key] = /^\$JS\.API\.DIRECT\.GET\.[^.]+\.(\$KV\..+)$/.exec(subject) ?? [];
      if (key !== undefined && reply.headers?.code === 0) reply.headers.set("Nats-Subject", key);
      return reply;
    },
    rejectAll: (error) => {
      for (const lose of lost) lose(error);
    },
    denied: () => {},
  };
  return {
    broker: new Broker(nc as unknown as NatsConnection, "steward", requests),
    asked,
    published,
    subscribed: () => [...subscriptions].map(({ subject }) => subject),
    deliver: (msg, to = msg.subject) => {
      for (const { subject, callback } of subscriptions) if (matches(subject, to)) callback(null, msg);
    },
    connection: (change) => status.emit("status", change),
    close: () => {
      closed = true;
    },
  };
}

/** A message as the client library hands it over. */
export function msgOf({
  subject = "",
  reply,
  data = "",
  headers,
}: {
  readonly subject?: string;
  readonly reply?: string;
  readonly data?: Uint8Array | string;
  readonly headers?: MsgHdrs;
}): Msg {
  const bytes = Buffer.from(data);
  const json = (): unknown => JSON.parse(bytes.toString());
  return { subject, reply, data: bytes, headers, json } as unknown as Msg;
}

export function headersWith(
  entries: Readonly<Record<string, string | number>>,
  code?: number,
  description?: string,
): MsgHdrs {
  const made = natsHeaders(code, description);
  for (const [name, value] of Object.entries(entries)) made.set(name, String(value));
  return made;
}

/** An answer of the JetStream API, or to a publish. */
export function answerOf(body: object): Msg {
  return msgOf({ data: JSON.stringify(body) });
}

/** What the server tells of `ship1`'s consumer: it is as the node made it, unless the changes say otherwise. */
export function consumerAnswer({
  config,
  ...rest
}: { readonly config?: object; readonly [field: string]: unknown } = {}): Msg {
  const filter_subject = "steward.ship1.>";
  const limits = { ack_wait: 86_400e9, max_deliver: -1, max_ack_pending: -1, max_waiting: 512, num_replicas: 1 };
  const made = { durable_name: "ship1", name: "ship1", ack_policy: "explicit", filter_subject, ...limits };
  return answerOf({
    created: "first",
    ts: "",
    num_pending: 0,
    num_ack_pending: 0,
    num_waiting: 1,
    ...rest,
    config: { ...made, ...config },
  });
}

export function stored(sequence: number): Msg {
  return answerOf({ stream: "S", seq: sequence });
}

export function refusal(errorCode: number, description: string, code: number = 400): Msg {
  return answerOf({ error: { code, err_code: errorCode, description } });
}

/** A direct get's answer. */
export function found(sequence: number, data: Uint8Array | string, more: Readonly<Record<string, string>> = {}): Msg {
  const place = { "Nats-Subject": "s", "Nats-Sequence": sequence, "Nats-Time-Stamp": "2026-01-31T12:00:00.5Z" };
  return msgOf({ data, headers: headersWith({ ...place, ...more }) });
}

export function notFound(): Msg {
  return msgOf({ headers: headersWith({}, 404, "Message Not Found") });
}

function matches(filter: string, subject: string): boolean {
  const tokens = subject.split(".");
  const wanted = filter.split(".");
  return wanted.length === tokens.length && wanted.every((token, index) => token === "*" || token === tokens[index]);
}
