const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/handlers/define.ts
var RunError = class extends Error {
  code;
  result;
  constructor(code, message, result = {}) {
    super(message);
    this.name = "RunError";
    this.code = code;
    this.result = result;
  }
};
var TerminalError = class extends RunError {
};
var NotNowError = class extends RunError {
};
async function validated(handler, data) {
  const result = await handler.data["~standard"].validate(data);
  if (result.issues === void 0) return result.value;
  throw new RunError("badData", result.issues[0]?.message ?? "the data does not fit");
}
function defineHandler(definition) {
  const { data = anyStrings, run } = definition;
  return {
    ...definition,
    // Safe: the daemon calls `run` only with data that the handler's own schema returned.
    data,
    run: async (context) => toResult(await run(context))
  };
}
var anyStrings = { "~standard": { validate: (value) => ({ value }) } };
function toResult(returned) {
  return typeof returned === "string" ? { output: { stdout: returned, stderr: "" } } : returned ?? {};
}

export {
  RunError,
  TerminalError,
  NotNowError,
  validated,
  defineHandler
};
