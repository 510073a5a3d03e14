const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

/** A length of time, such as `250ms`, `30s`, `5m`, `1h` or `7d`. */
export type Duration = `${number}${Unit}`;

/** The longest wait that a timer supports, in milliseconds: 24.8 days. A timer with a longer wait fires at once. */
export const longestTimer: number = 2 ** 31 - 1;

/** The form of a duration. */
export const durationPattern: RegExp = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/**
 * The milliseconds of a duration such as `250ms`, `30s`, `5m`, `1h30m` or `7d`; undefined when the text is not a
 * duration.
 */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(part)) total += Number(amount) * unitMs[unit as Unit];
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/**
 * The error text for a number without a unit, where a duration is expected. The caller puts the name of the setting
 * before the text. Undefined for all other values.
 */
export function unitFault(value: unknown): string | undefined {
  const number = String(value);
  if (!/^\d+(?:\.\d+)?$/.test(number)) return undefined;
  return `must have a unit; write ${number}s, ${number}m, ${number}h or ${number}d`;
}

/** The shortest exact text with one unit for a number of milliseconds: 90000 → `90s`, 3600000 → `1h`. */
export function formatDuration(ms: number): Duration {
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  }
  return `${ms}ms`;
}
