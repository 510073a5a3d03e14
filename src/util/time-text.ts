/** Formats a time without fractions of a second, RFC 3339 in UTC. A number is in milliseconds since 1970. */
export function timeText(moment: Date | number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}
