import { median } from "./median.ts";

/** What is sent, and to whom. */
export interface Target {
  readonly node: string;
  readonly messageType: "command" | "event";
  readonly subject: string;
  readonly data: readonly string[];
}

/** One measurement: the median time of `count` round trips in milliseconds, or messages a second. */
export interface Job {
  readonly kind: "roundTrip" | "throughput";
  readonly target: Target;
  readonly count: number;
  /** How many messages may be on their way at once. */
  readonly inFlight: number;
}

/** Sends one message and resolves when its final ACK, a success, has come. */
export type SendOne = (target: Target) => Promise<void>;

/** Makes this process a sender: it takes jobs over IPC and answers each with its figure. */
export function serve(sendOne: SendOne): void {
  process.on("message", (job: Job) => {
    run(sendOne, job).then(
      (figure) => process.send?.(figure),
      (error: unknown) => process.send?.(String(error)),
    );
  });
  endWithParent();
  process.send?.("ready");
}

/** By an exit of its own, since a profile is written then. */
export function endWithParent(): void {
  for (const event of ["SIGTERM", "disconnect"] as const) process.once(event, () => process.exit());
}

async function run(sendOne: SendOne, { kind, target, count, inFlight }: Job): Promise<number> {
  const times: number[] = [];
  let left = count;
  const sendMany = async (): Promise<void> => {
    while (left-- > 0) {
      const start = performance.now();
      await sendOne(target);
      times.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, sendMany));
  return kind === "roundTrip" ? median(times) : (count / (performance.now() - start)) * 1000;
}
