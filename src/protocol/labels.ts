/**
 * The labels in what a node said of itself, by their keys. A newer node may say more than texts of one of them: that one
 * is left out, and the others read.
 */
export function labelsIn(info: unknown): ReadonlyMap<string, string> {
  const labels = typeof info === "object" && info !== null && "labels" in info ? info.labels : undefined;
  if (typeof labels !== "object" || labels === null) return new Map();
  const entries = Object.entries(labels).filter(([, value]) => value === null || typeof value !== "object");
  return new Map(entries.map(([key, value]) => [key, String(value)]));
}

/** True when there is a label with the key, and its value fits. */
export function hasLabel(
  labels: ReadonlyMap<string, string>,
  { key, fits }: { readonly key: string; readonly fits: (value: string) => boolean },
): boolean {
  const value = labels.get(key);
  return value !== undefined && fits(value);
}
