const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/protocol/labels.ts
function labelsIn(info) {
  const labels = typeof info === "object" && info !== null && "labels" in info ? info.labels : void 0;
  if (typeof labels !== "object" || labels === null) return /* @__PURE__ */ new Map();
  const entries = Object.entries(labels).filter(([, value]) => value === null || typeof value !== "object");
  return new Map(entries.map(([key, value]) => [key, String(value)]));
}
function hasLabel(labels, { key, fits }) {
  const value = labels.get(key);
  return value !== void 0 && fits(value);
}

export {
  labelsIn,
  hasLabel
};
