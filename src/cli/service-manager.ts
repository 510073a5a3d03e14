import { execFile } from "node:child_process";
import { printNote } from "./print.ts";

/**
 * Reports the state of the service to systemd (sd_notify(3)), if it runs with `Type=notify`. Node does not support the
 * necessary datagram sockets, so systemd's own tool sends it; the unit allows that with `NotifyAccess=all`.
 */
export function notifyServiceManager(state: "READY=1" | "STOPPING=1"): void {
  if (process.env["NOTIFY_SOCKET"] === undefined) return;
  execFile("systemd-notify", [`--pid=${process.pid}`, state], (error) => {
    if (error !== null) printNote(`steward: could not report ${state} to systemd: ${error.message}`);
  });
}
