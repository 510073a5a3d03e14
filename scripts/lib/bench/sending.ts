import type { Work } from "./kinds.ts";
import { median } from "./median.ts";
import { spawned } from "./spawned.ts";

/** What is sent, and to whom. */
export interface Target extends Work {
  readonly node: string;
}

/** One measurement. */
export type Job =
  /** The median time of `count` round trips in milliseconds, or messages a second. */
  | {
      readonly kind: "roundTrip" | "throughput";
      readonly target: Target;
      readonly count: number;
      /** How many messages may be on their way at once. */
      readonly inFlight: number;
    }
  /** Lines a second, of a log of `count` lines that is sent in order. */
  | { readonly kind: "lines"; readonly node: string; readonly count: number }
  /** Milliseconds until one message for each of many nodes is stored, or with `wait` has ended everywhere. */
  | { readonly kind: "fanOut"; readonly nodes: readonly string[]; readonly work: Work; readonly wait: boolean }
  /** Milliseconds until a message of its own has ended on each of many nodes, all sent at once. */
  | { readonly kind: "singles"; readonly nodes: readonly string[]; readonly work: Work }
  /** Child processes a second, one after the other, without any broker. */
  | { readonly kind: "spawns"; readonly argv: readonly string[]; readonly count: number };

export interface Sending {
  /** Sends one message and resolves when its final ACK, a success, has come. */
  readonly one: (target: Target) => Promise<void>;
  /** Sends lines in blocks, each stored before the next, and resolves when all blocks have ended with success. */
  readonly lines: (node: string, lines: number) => Promise<void>;
  /** Sends one message to each of many nodes, and resolves to the milliseconds as `Job` says; then waits for all ends. */
  readonly fanOut: (nodes: readonly string[], work: Work, wait: boolean) => Promise<number>;
}

/** Makes this process a sender: it takes jobs over IPC and answers each with its figure. */
export function serve(sending: Sending): void {
  process.on("message", (job: Job) => {
    run(sending, job).then(
      (figure) => process.send?.(figure),
      (error: unknown) => process.send?.(String(error)),
    );
  });
  endWithParent();
  process.send?.("ready");
}

/** Lets the process exit by itself, since the profile is written at its exit. */
export function endWithParent(): void {
  for (const event of ["SIGTERM", "disconnect"] as const) process.once(event, () => process.exit());
}

async function run({ one, lines, fanOut }: Sending, job: Job): Promise<number> {
  const start = performance.now();
  if (job.kind === "lines") {
    await lines(job.node, job.count);
    return perSecond(job.count, start);
  }
  if (job.kind === "fanOut") return fanOut(job.nodes, job.work, job.wait);
  if (job.kind === "singles") {
    await Promise.all(job.nodes.map((node) => one({ ...job.work, node })));
    return performance.now() - start;
  }
  if (job.kind === "spawns") {
    for (let made = 0; made < job.count; made++) await spawned(job.argv);
    return perSecond(job.count, start);
  }
  const times: number[] = [];
  let left = job.count;
  const sendMany = async (): Promise<void> => {
    while (left-- > 0) {
      const begun = performance.now();
      await one(job.target);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: job.inFlight }, sendMany));
  return job.kind === "roundTrip" ? median(times) : perSecond(job.count, start);
}

function perSecond(count: number, start: number): number {
  return (count / (performance.now() - start)) * 1000;
}
