const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  object,
  string
} from "./chunk-WUYJTG4S.js";

// src/protocol/trouble.ts
var troubleSchema = object({
  what: string(),
  code: string(),
  message: string(),
  since: string()
});

export {
  troubleSchema
};
