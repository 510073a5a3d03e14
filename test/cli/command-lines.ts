/** Prepares a fleet with the node ship1 for the lines below. */
export const before: readonly string[] = [
  "send ship1 shell --id failed 'echo no; exit 3'",
  "send ship1 ping --id pong",
  "send ship1 exec --id long -- seq 1 30000",
  "send away1 ping --id waits --no-wait",
  "cancel waits",
  "group add web ship1",
  "lanes ship1 pause event.held",
  "send ship1 ping --id yearly --cron '30 4 1 1 *'",
];

/** A line, and its exit code when all can be printed. */
export interface Line {
  readonly line: string;
  /** With `--json`: 0 by default. */
  readonly code?: number;
  /** As text: as with `--json` by default. */
  readonly textCode?: number;
  /** Runs before each time, because the line works only once. */
  readonly first?: string;
  readonly hasNoJson?: boolean;
}

/** Commands that only read: with a lost stdout they have done nothing. `N` is another number each time. */
export const reading: Readonly<Record<string, readonly Line[]>> = {
  send: [{ line: "send all ping --dry-run" }],
  replay: [{ line: "replay pong --dry-run" }],
  status: [
    { line: "status failed" },
    { line: "status long", textCode: 6 },
    { line: "status long --output", code: 6, hasNoJson: true },
  ],
  nodes: [{ line: "nodes" }, { line: "nodes ship1" }],
  log: [{ line: "log" }, { line: "log --id long --output", textCode: 6 }],
  queue: [{ line: "queue" }, { line: "queue --summary" }],
  errors: [{ line: "errors" }],
  lanes: [{ line: "lanes ship1" }],
  group: [{ line: "group ls" }],
  schedule: [{ line: "schedule ls" }],
  completion: [{ line: "completion bash" }],
  config: [{ line: "config show" }, { line: "config schema ack", hasNoJson: true }],
  init: [{ line: "init --check" }],
  doctor: [{ line: "doctor" }],
};

/** Commands that change something: the change stays, even if stdout is lost. */
export const acting: Readonly<Record<string, readonly Line[]>> = {
  send: [
    { line: "send ship1 exec -- echo hi" },
    { line: "send ship1 exec --follow -- echo hi" },
    { line: "send ship1 ping --no-wait" },
    { line: "send ship1 ping --at 2100-01-01T00:00:00Z" },
    { line: "send ship1 exec -- seq 1 30000", textCode: 6 },
    { line: "send ship1 exec --follow -- seq 1 30000" },
    { line: "send ship1 shell 'echo no; exit 3'", code: 1 },
    { line: "send away1,away2 ping --wait 0s", code: 3 },
    { line: `send ship1 log --no-wait --lines ${import.meta.filename}` },
  ],
  wait: [{ line: "wait failed", code: 1 }, { line: "wait pong" }, { line: "wait long", textCode: 6 }],
  replay: [{ line: "replay pong" }],
  cancel: [{ line: "cancel waits" }],
  nodes: [{ line: "nodes forget gone-N --yes", first: "send gone-N ping --no-wait" }],
  lanes: [{ line: "lanes ship1 pause event.nothing" }],
  group: [{ line: "group add web ship1" }],
  schedule: [{ line: "schedule rm once-N", first: "send ship1 ping --id once-N --at 2100-01-01T00:00:00Z" }],
  init: [{ line: "init" }],
};

/** Commands that run until they are ended. */
export const lasting: readonly string[] = ["node", "broker", "watch"];

/** The words of a line, split as by a shell. */
export function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
}
