const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/util/errno.ts
function errnoOf(error) {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return "";
  return String(error.code);
}
var notNow = /* @__PURE__ */ new Set([
  "EMFILE",
  "ENFILE",
  "EAGAIN",
  "ENOMEM",
  "ENOBUFS",
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EIO",
  "ESTALE"
]);
function isNotNow(error) {
  return notNow.has(errnoOf(error)) || error instanceof Error && notNow.has(errnoOf(error.cause));
}

export {
  errnoOf,
  isNotNow
};
