const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  shownAddresses
} from "./chunk-MNJ7CHLS.js";

// src/cli/render/masked.ts
var mask = "********";
function maskedAddresses(servers) {
  return shownAddresses(servers, mask);
}

export {
  mask,
  maskedAddresses
};
