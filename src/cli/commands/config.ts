import { readFile } from "node:fs/promises";
import { StewardError } from "../../protocol/errors.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define-command.ts";
import type { GlobalArguments } from "../global-options.ts";
import { print, printJson, writeOutput } from "../print.ts";
import { showSettings } from "../show-settings.ts";

const schemas = ["config", "message", "ack"];

export const configCommand: Command = defineCommand({
  name: "config",
  group: "set up",
  impact: "reads",
  describe: "show every setting and its source, check a file, or print the JSON Schemas",
  positionals: [
    { name: "action", describe: "what to do", required: true, choices: ["show", "validate", "schema"] },
    { name: "what", describe: "validate: the file; schema: config (the default), message or ack", completes: "file" },
  ],
  examples: [
    ["steward config show", "every value, and the option, variable, file or context that sets it"],
    ["steward config show --context prod", "the values with this context"],
    ["steward config validate steward.yaml", "exit code 2 and one line if it has an error"],
    ["steward config schema > steward.schema.json", "the schema of the file, for an editor"],
  ],
  settles: true,
  run: async (typed) => {
    const { action, what } = typed;
    if (action === "schema") return printSchema(what ?? "config");
    if (action === "validate") return validate(what, typed);
    if (what !== undefined) throw new StewardError("usage", `config show has no further argument; leave out ${what}`);
    print(await showSettings(typed, process.env));
    return 0;
  },
});

async function validate(path: string | undefined, { json }: GlobalArguments): Promise<number> {
  if (path === undefined)
    throw new StewardError("usage", "name the file, such as `steward config validate steward.yaml`");
  const { ConfigFile } = await import("../../config/config-file.ts");
  await ConfigFile.open(path);
  if (json) printJson({ file: path, valid: true });
  else print(`${path} is valid`);
  return 0;
}

async function printSchema(name: string): Promise<number> {
  if (!schemas.includes(name)) throw new StewardError("usage", `"${name}" is not one of ${schemas.join(", ")}`);
  // The build puts the schemas beside the folder of the program.
  await writeOutput("stdout", await readFile(new URL(`../../schemas/${name}.json`, import.meta.url)));
  return 0;
}
