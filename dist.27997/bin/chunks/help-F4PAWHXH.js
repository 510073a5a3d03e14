const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  answer,
  unknownCommand
} from "./chunk-KDUCHSTO.js";
import "./chunk-7XLYUIGC.js";
import "./chunk-K3MUEMUZ.js";
import "./chunk-RQDZDKP5.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-NGO76LME.js";
import "./chunk-P6SB6KP3.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";
export {
  answer,
  unknownCommand
};
