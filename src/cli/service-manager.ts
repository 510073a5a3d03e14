import { execFile } from "node:child_process";
import { printNote } from "./print.ts";

/**
 * Reports the state of the service to systemd if the service runs with `Type=notify`, see sd_notify(3). Node does not
 * support the necessary datagram sockets, so systemd's own tool sends the state. `NotifyAccess=all` in the unit allows
 * this.
 */
export function notifyServiceManager(state: "READY=1" | "STOPPING=1"): void {
  if (process.env["NOTIFY_SOCKET"] === undefined) return;
  execFile("systemd-notify", [`--pid=${process.pid}`, state], (error) => {
    if (error !== null) printNote(`steward: could not report ${state} to systemd: ${error.message}`);
  });
}
