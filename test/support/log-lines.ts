import { pick, type Random } from "./random.ts";

const programs = [
  "kernel",
  "systemd[1]",
  "sshd[812]",
  "CRON[40311]",
  "containerd[977]",
  "dhclient[501]",
  "postfix/smtpd[2203]",
];
const words = [
  "session opened for user",
  "connection from 10.0.0.7 port 51514",
  "eth0: link becomes ready",
  "Größe überschritten – wird neu gelesen",
  "ログをローテートしました",
  'audit: type=1400 apparmor="ALLOWED"',
  "usb 1-1.4: new high-speed device 🚢",
  "\ttabbed detail",
  "(root) CMD (run-parts /etc/cron.hourly)",
  "",
];

/**
 * A text like a system's log, the same for the same seed: lines of various length, some empty, a few very long, with
 * what UTF-8 has to offer, each line unlike all others.
 */
export function logLines(random: Random, count: number): string {
  const lines = Array.from({ length: count }, (_, number) => {
    if (number % 1000 === 7) return "";
    const time = new Date(Date.UTC(2026, 0, 1) + number * 317).toISOString();
    const text = Array.from({ length: 1 + random(6) }, () => pick(random, words)).join(" ");
    const long = random(500) === 0 ? "x".repeat(random(20_000)) : "";
    return `${time} ship1 ${pick(random, programs)}: ${number} ${text}${long}`;
  });
  return `${lines.join("\n")}\n`;
}
