import { expect, test } from "vitest";
import { commands } from "../../../src/cli/commands/index.ts";
import { globalOptions } from "../../../src/cli/global-options.ts";
import { markPrefix } from "../../../src/node/child-environment.ts";

test("no option's variable can be a daemon's mark: a command may start a daemon, which inherits the marks of its own run", async () => {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const names = [globalOptions, ...loaded.map(({ options = {} }) => options)].flatMap((one) => Object.keys(one));
  expect(names).toContain("presence-ttl");
  const beginning = markPrefix.replace("STEWARD_", "").toLowerCase().replaceAll("_", "-");
  expect(names.filter((name) => name.startsWith(beginning))).toEqual([]);
});
