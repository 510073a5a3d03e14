import { StewardError } from "../protocol/errors.ts";
import type { NodeReport } from "../protocol/control.ts";
import type { Controls } from "./control.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { LaneHolds } from "./holds.ts";
import type { LiveOutput } from "./live-output.ts";

export interface ControlledDaemon {
  readonly status: () => NodeReport;
  readonly dispatcher: Dispatcher;
  readonly holds: LaneHolds;
  readonly liveOutput: LiveOutput;
  /** Stops the daemon as a signal would. */
  readonly stop: () => void;
}

/** What live control does with a daemon. */
export function controlsOf({ status, dispatcher, holds, liveOutput, stop }: ControlledDaemon): Controls {
  return {
    status,
    lanes: () => dispatcher.lanes(),
    pause: async (lane, hold) => assertStored(await holds.hold(lane, hold)),
    resume: async (lane, by) => {
      if (lane === undefined) return dispatcher.endDrain();
      const isStored = await holds.resume(lane, by);
      dispatcher.wake(lane);
      assertStored(isStored);
    },
    restart: async (lane) => {
      if (!(await dispatcher.restart(lane))) {
        throw new StewardError("refused", `nothing runs or waits in the lane ${lane}, so there is nothing to restart`);
      }
    },
    cancel: (request) => ({ outcome: dispatcher.cancel(request) ? "cancelling" : "notRunning" }),
    output: (request) => liveOutput.answer(request),
    drain: () => dispatcher.drain(),
    stop,
  };
}

function assertStored(isStored: boolean): void {
  if (isStored) return;
  throw new StewardError("refused", "it is done, but the broker did not store it, so that a next life will not know");
}
