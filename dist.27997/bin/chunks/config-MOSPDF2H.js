const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  mask,
  maskedAddresses
} from "./chunk-GUT4PZZX.js";
import {
  table
} from "./chunk-B5MVZWQ5.js";
import "./chunk-WQBAR2TX.js";
import {
  resolveSettings
} from "./chunk-NW7HY4NR.js";
import "./chunk-K3MUEMUZ.js";
import {
  withContext
} from "./chunk-MNJ7CHLS.js";
import {
  originText
} from "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-T43TWJCU.js";
import {
  camelCase,
  settings
} from "./chunk-NGO76LME.js";
import "./chunk-WV5YP3BK.js";
import {
  jsonLine,
  print,
  printJson,
  writeOutput
} from "./chunk-VLDOLLNL.js";
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/cli/commands/config.ts
import { readFile } from "node:fs/promises";

// src/cli/show-settings.ts
async function showSettings(typed, env) {
  const settings2 = await resolveSettings(typed, settings, env, () => true);
  const { args, origins } = await withContext(settings2, env);
  const values = args;
  const shown = Object.entries(settings).map(([name, setting]) => {
    const value = values[name] ?? setting.default;
    return {
      key: camelCase(name),
      value: value === void 0 ? value : masked(name, setting, value),
      origin: origins[name]
    };
  });
  const rules = rulesOf(settings2);
  const file = settings2.file?.path;
  if (args.json) {
    const entries = [...shown, ...rules].map(({ key, value, origin }) => [
      key,
      { value, from: origin ?? { kind: "default" } }
    ]);
    return [jsonLine({ file, settings: Object.fromEntries(entries) })];
  }
  const rows = [...shown, ...rules].map(({ key, value, origin }) => [
    key,
    String(value ?? "-"),
    value === void 0 ? "-" : originText(origin)
  ]);
  return table(
    ["SETTING", "VALUE", "FROM"],
    [["config", file ?? "-", file === void 0 ? "-" : originText(origins["config"])], ...rows]
  );
}
function masked(name, { bound }, value) {
  if (bound.kind === "secret") return mask;
  return name === "server" ? maskedAddresses(String(value)) : value;
}
function rulesOf({ file }) {
  const said = file?.current ?? {};
  const origin = file && { kind: "file", path: file.path };
  const shown = (key, otherwise) => {
    const rules = said[key];
    const none = rules === void 0 || key !== "accept" && rules.length === 0;
    if (none) return { key, value: otherwise, origin: void 0 };
    return { key, value: `${rules.length} ${rules.length === 1 ? "rule" : "rules"}`, origin };
  };
  return [shown("accept", "everything"), shown("policy", "-"), shown("lanes", "-")];
}

// src/cli/commands/config.ts
var schemas = ["config", "message", "ack"];
var configCommand = defineCommand({
  name: "config",
  group: "set up",
  impact: "reads",
  describe: "show every setting and its source, check a file, or print the JSON Schemas",
  positionals: [
    { name: "action", describe: "what to do", required: true, choices: ["show", "validate", "schema"] },
    { name: "what", describe: "validate: the file; schema: config (the default), message or ack", completes: "file" }
  ],
  examples: [
    ["steward config show", "every value, and the option, variable, file or context that sets it"],
    ["steward config show --context prod", "the values with this context"],
    ["steward config validate steward.yaml", "exit code 2 and one line if it has an error"],
    ["steward config schema > steward.schema.json", "the schema of the file, for an editor"]
  ],
  settles: true,
  run: async (typed) => {
    const { action, what } = typed;
    if (action === "schema") return printSchema(what ?? "config");
    if (action === "validate") return validate(what, typed);
    if (what !== void 0) throw new StewardError("usage", `config show has no further argument; leave out ${what}`);
    print(await showSettings(typed, process.env));
    return 0;
  }
});
async function validate(path, { json }) {
  if (path === void 0)
    throw new StewardError("usage", "name the file, such as `steward config validate steward.yaml`");
  const { ConfigFile } = await import("./config-file-4FNXXWPW.js");
  await ConfigFile.open(path);
  if (json) printJson({ file: path, valid: true });
  else print(`${path} is valid`);
  return 0;
}
async function printSchema(name) {
  if (!schemas.includes(name)) throw new StewardError("usage", `"${name}" is not one of ${schemas.join(", ")}`);
  await writeOutput("stdout", await readFile(new URL(`../../schemas/${name}.json`, import.meta.url)));
  return 0;
}
export {
  configCommand
};
