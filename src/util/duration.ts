const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

/** A length of time, such as `250ms`, `30s`, `5m`, `1h` or `7d`. */
export type Duration = `${number}${Unit}`;

/** The longest wait that a timer keeps, in milliseconds: 24.8 days. One set for longer would end at once. */
export const longestTimer: number = 2 ** 31 - 1;

/** What a duration looks like. */
export const durationPattern: RegExp = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds of a duration such as `250ms`, `30s`, `5m`, `1h30m` or `7d`; undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(part)) total += Number(amount) * unitMs[unit as Unit];
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** The shortest text of a number of milliseconds with one unit, exact: 90000 → `90s`, 3600000 → `1h`. */
export function formatDuration(ms: number): Duration {
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  }
  return `${ms}ms`;
}
