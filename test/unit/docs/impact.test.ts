import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reference } from "../../../src/cli/reference.ts";
import { impactText } from "../../../src/cli/render/help.ts";

test("docs/cli.md lists the impact of all commands, in the words of the help", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8");
  const listed = [...page.matchAll(/^\| `steward (\w+)` \| (.*) \|$/gm)].map(([, name, impact]) => [name, impact]);
  expect(listed.filter(([, impact]) => /^(?:only reads|writes)/.test(impact ?? ""))).toEqual(
    reference.map((command) => [command.name, impactText(command)]),
  );
});
