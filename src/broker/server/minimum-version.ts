/** The oldest nats-server with the features that Steward needs. */
export const minimumServerVersion = "2.14.0";

/**
 * True if a version `x.y.z` is below {@link minimumServerVersion}. Does not compare by locale, because the tables of a
 * locale take 6 ms to load.
 */
export function isTooOld(version: string): boolean {
  const [actual, needed] = [numbersOf(version), numbersOf(minimumServerVersion)];
  const at = needed.findIndex((number, index) => number !== actual[index]);
  return at >= 0 && (actual[at] ?? 0) < (needed[at] ?? 0);
}

/**
 * The three numbers of a version. `2.14.0-RC.1` counts as `2.14.0`, because a release candidate has the features of its
 * release.
 */
function numbersOf(version: string): number[] {
  return version.split(".", 3).map((part) => Number.parseInt(part, 10) || 0);
}
