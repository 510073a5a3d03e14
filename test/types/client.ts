// Compiled with all the rest, and against the packed package by test/integration/package.test.ts.
import {
  connect,
  StewardError,
  type AckEvent,
  type ConnectOptions,
  type Draft,
  type Duration,
  type Outcome,
  type Result,
  type Rule,
  type Sent,
  type SentEvent,
  type Steward,
} from "../../src/index.ts";

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <A, B>(_equal: Equal<A, B>): void => undefined;

export async function uses(): Promise<void> {
  await using steward: Steward = await connect({ servers: "nats://x" } satisfies ConnectOptions);
  const sent: Sent = await steward.send({ nodes: ["a", "b"], subject: "exec", data: ["uname"], expires: "3d" });
  const { pending, outcomes, ok }: Result = await sent.done({ wait: "30s" });
  same<typeof pending, readonly string[]>(true);
  same<typeof outcomes, readonly Outcome[]>(true);
  same<typeof ok, boolean>(true);

  // @ts-expect-error: the wait is required
  await sent.done();
  // @ts-expect-error: the wait is required
  await sent.done({});
  // @ts-expect-error: not a duration
  await sent.done({ wait: "30 sec" });
  // @ts-expect-error: milliseconds have a unit too
  await sent.done({ wait: 30_000 });
  await sent.done({ wait: "forever", signal: AbortSignal.timeout(1000) });
  // @ts-expect-error: a send tries for some time, not forever
  await steward.send({ nodes: "a", subject: "ping" }, { wait: "forever" });
  // @ts-expect-error: whom it goes to is required
  await steward.send({ subject: "ping" });
  // @ts-expect-error: data are texts
  await steward.send({ nodes: "a", subject: "exec", data: ["sleep", 1] });
  // @ts-expect-error: not a key of a message
  await steward.send({ nodes: "a", subject: "ping", retry: 3 });

  for await (const event of sent.events()) {
    same<typeof event, SentEvent>(true);
    if (event.kind === "output") same<typeof event.bytes, Uint8Array>(true);
    else if (event.kind === "ended" && !event.ok) break;
    // @ts-expect-error: only output has bytes
    else console.log(event.bytes);
  }
  for await (const ack of steward.log({ follow: true, since: "1h" })) same<typeof ack, AckEvent>(true);

  const rules: readonly Rule[] = [{ every: "1h" }, { cron: "@daily", tz: "Europe/Oslo" }, { at: new Date() }];
  for (const rule of rules) same<Promise<string>, ReturnType<typeof steward.schedules.put>>(Boolean(rule) as true);
  // @ts-expect-error: not a duration
  await steward.schedules.put({ nodes: "a", subject: "ping" }, { every: "hourly" });
  steward.onConnection({ lost: undefined, back: undefined });
  // @ts-expect-error: a key without a value is a lost name
  await steward.resolve({ nodes: undefined, exclude: "a" });
  // @ts-expect-error: no such verb
  await steward.lane("a", "command.exec", "hold");

  try {
    (await sent.done({ wait: "forever" })).orThrow();
  } catch (error) {
    if (StewardError.is(error, "unconfirmed")) console.log(error.code, error.id);
    // @ts-expect-error: no such code
    StewardError.is(error, "unconfirmd");
  }
  await steward.close();
}

/** Names that a program builds at run time. */
export function draftOf(nodes: readonly string[], minutes: number): Draft {
  const expires: Duration = `${minutes}m`;
  return { nodes, subject: "exec", data: ["true"], expires, id: undefined };
}
