/**
 * A clock change in a time zone, such as the beginning of summer time. The change skips or repeats a part of the day.
 */
export interface ClockChange {
  /**
   * The local times at which the skipped or repeated part begins and ends. Each is in milliseconds since 1970, as if
   * the local time were UTC.
   */
  readonly from: number;
  readonly to: number;
  readonly kind: "skips" | "repeats";
}

const day = 86_400_000;

/** The changes of a zone's clock in the year after a moment. @throws RangeError for an unknown zone */
export function clockChanges(timeZone: string, after: number): ClockChange[] {
  const offsetAt = offsets(timeZone);
  const changes: ClockChange[] = [];
  for (let from = after; from < after + 366 * day; from += day) {
    const [before, behind] = [offsetAt(from), offsetAt(from + day)];
    if (before === behind) continue;
    const at = changeBetween(from, from + day, offsetAt);
    const [first, last] = [at + Math.min(before, behind), at + Math.max(before, behind)];
    changes.push({ from: first, to: last, kind: behind > before ? "skips" : "repeats" });
  }
  return changes;
}

/** The first second with the new offset, in milliseconds since 1970. */
function changeBetween(from: number, to: number, offsetAt: (moment: number) => number): number {
  let [early, late] = [Math.floor(from / 1000), Math.floor(to / 1000)];
  const before = offsetAt(from);
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (offsetAt(middle * 1000) === before) early = middle;
    else late = middle;
  }
  return late * 1000;
}

/** Returns a function that gives the zone's offset from UTC at a moment, in milliseconds. */
function offsets(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (moment) => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const date = Date.UTC(part("year"), part("month") - 1, part("day"));
    const shown = date + ((part("hour") * 60 + part("minute")) * 60 + part("second")) * 1000;
    return shown - Math.floor(moment / 1000) * 1000;
  };
}
