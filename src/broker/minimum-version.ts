/** The oldest nats-server that has what Steward needs. */
export const minimumServerVersion = "2.14.0";

/** Whether a version `x.y.z` is below {@link minimumServerVersion}. */
export function isTooOld(version: string): boolean {
  return version.localeCompare(minimumServerVersion, "en", { numeric: true }) < 0;
}
