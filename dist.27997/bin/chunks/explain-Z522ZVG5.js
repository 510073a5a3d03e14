const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  explained
} from "./chunk-NZXPCTAK.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-REHHFAQD.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";
export {
  explained
};
