const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  globalOptions
} from "./chunk-K3MUEMUZ.js";
import {
  layeredSettings
} from "./chunk-3XC6KFQ2.js";

// src/cli/settings.ts
function resolveSettings(typed, options, env, mayBeElsewhere = isOperators) {
  const known = { ...globalOptions, ...options };
  return layeredSettings(typed, {
    options: known,
    env,
    mayBeElsewhere: (name) => mayBeElsewhere(name, known[name]),
    called: (name) => `--${name}`
  });
}
function isOperators(name, option) {
  return name in globalOptions || option?.bound !== void 0;
}

export {
  resolveSettings
};
