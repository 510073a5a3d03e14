import { execFile } from "node:child_process";
import { tell } from "./print.ts";

/**
 * Tells systemd how the service is doing (sd_notify(3)), when it runs under `Type=notify`. Node has no datagram
 * sockets of the needed kind, so systemd's own tool sends it; the unit allows that with `NotifyAccess=all`.
 */
export function notifyServiceManager(state: "READY=1" | "STOPPING=1"): void {
  if (process.env["NOTIFY_SOCKET"] === undefined) return;
  execFile("systemd-notify", [`--pid=${process.pid}`, state], (error) => {
    if (error !== null) tell(`steward: systemd was not told ${state}: ${error.message}`);
  });
}
