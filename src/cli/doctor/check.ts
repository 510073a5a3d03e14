import type { Broker } from "../../broker/connection/broker.ts";
import type { Account } from "../../broker/health/room.ts";
import type { StewardError } from "../../protocol/errors.ts";
import type { Layered } from "../../config/layers.ts";
import type { GlobalArguments } from "../global-options.ts";
import { nameOption } from "../name-option.ts";

/** The result of a check. If the check found a problem, `mend` says what to do. */
export interface Finding {
  readonly status: "ok" | "warning" | "failed" | "skipped";
  readonly what: string;
  readonly mend?: string | undefined;
}

/** What the checks know. They share this object: earlier checks add data that later checks use. */
export interface Patient {
  readonly typed: GlobalArguments;
  readonly env: NodeJS.ProcessEnv;
  settings?: Layered<GlobalArguments>;
  broker?: Broker;
  /** The reason why no command can use the broker. */
  refusal?: StewardError;
  account?: Account;
}

export interface Check {
  readonly name: string;
  /** The checks that must have passed before this one. */
  readonly needs: readonly string[];
  readonly run: (patient: Patient) => Promise<Finding> | Finding;
}

export const ok = (what: string): Finding => ({ status: "ok", what });
export const warning = (what: string, mend: string): Finding => ({ status: "warning", what, mend });
export const failed = (what: string, mend?: string): Finding => ({ status: "failed", what, mend });

/** Makes a finding from an error. The part of the error after the first semicolon says what to do. */
export function failedBy(error: StewardError): Finding {
  const { message } = nameOption(error);
  const [what = "", ...mend] = message.split("; ");
  return failed(what, mend.length === 0 ? undefined : mend.join("; "));
}
