import { withContext } from "../config/connection.ts";
import { originText, type Origin } from "../config/layers.ts";
import type { NodeConfig } from "../config/node-config.ts";
import { camelCase, settings as known, type Setting } from "../config/options.ts";
import type { Arguments } from "./command.ts";
import type { GlobalArguments } from "./global-options.ts";
import { jsonLine } from "./print.ts";
import { mask, maskedAddresses } from "./render/masked.ts";
import { table } from "./render/table.ts";
import { resolveSettings, type Settings } from "./settings.ts";

/**
 * A setting as it is shown. Without an origin, the setting has its default. Without a value, the setting is not set.
 */
interface Shown {
  readonly key: string;
  readonly value: Arguments[string];
  readonly origin: Origin | undefined;
}

/**
 * All settings with their origins, as a table, or as JSON with `--json`. Passwords and tokens are masked.
 * @throws StewardError badSettings, fileUnreadable, notJson
 */
export async function showSettings(typed: GlobalArguments, env: NodeJS.ProcessEnv): Promise<string[]> {
  const settings = await resolveSettings(typed, known, env, () => true);
  const { args, origins } = await withContext(settings, env);
  const values: Arguments = args;
  const shown = Object.entries(known).map(([name, setting]): Shown => {
    const value = values[name] ?? setting.default;
    return {
      key: camelCase(name),
      value: value === undefined ? value : masked(name, setting, value),
      origin: origins[name],
    };
  });
  const rules = rulesOf(settings);
  const file = settings.file?.path;
  if (args.json) {
    const entries = [...shown, ...rules].map(({ key, value, origin }) => [
      key,
      { value, from: origin ?? { kind: "default" } },
    ]);
    return [jsonLine({ file, settings: Object.fromEntries(entries) as unknown })];
  }
  const rows = [...shown, ...rules].map(({ key, value, origin }) => [
    key,
    String(value ?? "-"),
    value === undefined ? "-" : originText(origin),
  ]);
  return table(
    ["SETTING", "VALUE", "FROM"],
    [["config", file ?? "-", file === undefined ? "-" : originText(origins["config"])], ...rows],
  );
}

function masked(name: string, { bound }: Setting, value: Arguments[string]): Arguments[string] {
  if (bound.kind === "secret") return mask;
  return name === "server" ? maskedAddresses(String(value)) : value;
}

function rulesOf({ file }: Settings): Shown[] {
  const said: Partial<NodeConfig> = file?.current ?? {};
  const origin: Origin | undefined = file && { kind: "file", path: file.path };
  const shown = (key: "accept" | "policy" | "lanes", otherwise: string): Shown => {
    const rules = said[key];
    const none = rules === undefined || (key !== "accept" && rules.length === 0);
    if (none) return { key, value: otherwise, origin: undefined };
    return { key, value: `${rules.length} ${rules.length === 1 ? "rule" : "rules"}`, origin };
  };
  return [shown("accept", "everything"), shown("policy", "-"), shown("lanes", "-")];
}
