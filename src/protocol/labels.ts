/**
 * The labels in a node's info, by key. A newer node may send objects as values. A label with an object is left out; the
 * other labels are read.
 */
export function labelsIn(info: unknown): ReadonlyMap<string, string> {
  const labels = typeof info === "object" && info !== null && "labels" in info ? info.labels : undefined;
  if (typeof labels !== "object" || labels === null) return new Map();
  const entries = Object.entries(labels).filter(([, value]) => value === null || typeof value !== "object");
  return new Map(entries.map(([key, value]) => [key, String(value)]));
}

/** True when a label with this key exists and its value matches. */
export function hasLabel(
  labels: ReadonlyMap<string, string>,
  { key, fits }: { readonly key: string; readonly fits: (value: string) => boolean },
): boolean {
  const value = labels.get(key);
  return value !== undefined && fits(value);
}
