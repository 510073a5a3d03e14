import * as v from "valibot";

/** A part of a daemon that cannot work at the moment. The daemon tries again until this part works. */
export interface Trouble {
  /** The part: a lane (`event.log`), `inbox`, or `programs`. `programs` means: no program can be started. */
  readonly what: string;
  /** A code of docs/errors.md. */
  readonly code: string;
  readonly message: string;
  /** RFC 3339 in UTC, by the node's clock. */
  readonly since: string;
}

export const troubleSchema: v.GenericSchema<unknown, Trouble> = v.object({
  what: v.string(),
  code: v.string(),
  message: v.string(),
  since: v.string(),
});
