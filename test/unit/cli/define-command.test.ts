import { expect, expectTypeOf, test } from "vitest";
import { defineCommand } from "../../../src/cli/define-command.ts";

const outline = { name: "try", group: "look", impact: "reads", describe: "try it", examples: [] } as const;

test("a command gets the values of its options and positionals, each of its own type, and no others", () => {
  const command = defineCommand({
    ...outline,
    positionals: [
      { name: "action", describe: "what to do", required: true, choices: ["ls", "rm"] },
      { name: "id", describe: "an id" },
      { name: "nodes", describe: "nodes", variadic: true },
    ],
    options: {
      "retry-wait": { type: "string", describe: "a wait" },
      limit: { type: "number", describe: "how many" },
      type: { type: "string", choices: ["command", "event"], describe: "which" },
      label: { type: "strings", describe: "labels" },
      yes: { type: "boolean", describe: "do not ask" },
    },
    run: async (args) => {
      expectTypeOf(args.action).toEqualTypeOf<"ls" | "rm">();
      expectTypeOf(args.id).toEqualTypeOf<string | undefined>();
      expectTypeOf(args.nodes).toEqualTypeOf<readonly string[] | undefined>();
      expectTypeOf(args["retry-wait"]).toEqualTypeOf<string | undefined>();
      expectTypeOf(args.limit).toEqualTypeOf<number | undefined>();
      expectTypeOf(args.type).toEqualTypeOf<"command" | "event" | undefined>();
      expectTypeOf(args.label).toEqualTypeOf<readonly string[] | undefined>();
      expectTypeOf(args.yes).toEqualTypeOf<boolean | undefined>();
      expectTypeOf(args["--"]).toEqualTypeOf<readonly string[] | undefined>();
      expectTypeOf(args.json).toEqualTypeOf<boolean | undefined>();
      expectTypeOf(args.server).toEqualTypeOf<string | undefined>();
      expectTypeOf(args).not.toHaveProperty("retri-wait");
      // @ts-expect-error -- a name that is misspelt does not compile
      return args["retri-wait"] === undefined ? 0 : 1;
    },
  });
  expect(command).toMatchObject(outline);
});

test("without options and positionals it gets only the global options", () => {
  const command = defineCommand({
    ...outline,
    run: async (args) => {
      expectTypeOf(args).toHaveProperty("namespace");
      expectTypeOf(args).not.toHaveProperty("id");
      return 0;
    },
  });
  expect(command).toMatchObject(outline);
});
