import { setTimeout as delay } from "node:timers/promises";
import { isDenied } from "../../broker/connection/denied.ts";
import { StewardError } from "../../protocol/errors.ts";
import { explained } from "../explain.ts";
import { failed, failedBy, type Check, type Finding, type Patient } from "./check.ts";

export interface Report extends Finding {
  readonly check: string;
}

/** The longest time for all checks together, and the longest time for each check, in milliseconds. */
const patience = { all: 10_000, each: 5000 };

/** Runs the checks in order. Each check has a time limit. A check is skipped if a check that it needs has failed. */
export async function* runChecks(checks: readonly Check[], patient: Patient): AsyncGenerator<Report> {
  const deadline = performance.now() + patience.all;
  /** For each check that failed or was skipped: the name of the failed check that is the cause. */
  const blocked = new Map<string, string>();
  for (const { name, needs, run } of checks) {
    const lacking = needs.map((need) => blocked.get(need)).find((cause) => cause !== undefined);
    const left = Math.min(patience.each, deadline - performance.now());
    const finding: Finding =
      lacking === undefined
        ? await within(left, async () => run(patient)).catch(findingOf)
        : { status: "skipped", what: `needs ${lacking}` };
    if (finding.status === "failed" || finding.status === "skipped") blocked.set(name, lacking ?? name);
    yield { check: name, ...finding };
  }
}

async function within(ms: number, run: () => Promise<Finding>): Promise<Finding> {
  if (ms <= 0) return { status: "skipped", what: "the other checks took too long" };
  const bell = new AbortController();
  const late = delay(ms, undefined, { signal: bell.signal }).then(() =>
    failed(
      `no answer within ${Math.round(ms / 1000)} s`,
      "check whether the broker is overloaded, or most of its cluster is down",
    ),
  );
  try {
    return await Promise.race([run(), late]);
  } finally {
    bell.abort();
    late.catch(() => undefined);
  }
}

function findingOf(error: unknown): Finding {
  if (isDenied(error)) return { status: "skipped", what: "the credentials do not allow this check; see rights" };
  const known = explained(error);
  if (known instanceof StewardError) return failedBy(known);
  throw error;
}
