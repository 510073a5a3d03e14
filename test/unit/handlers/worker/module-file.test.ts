import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeHandlers, loadHandlers } from "../../../../src/handlers/worker/module-file.ts";
import { faultOf, runHandler, temporaryFolder } from "../support.ts";

async function fileWith(text: string): Promise<string> {
  const file = join(await temporaryFolder(), "handler.mjs");
  await writeFile(file, text);
  return file;
}

const handler = 'messageType: "command", subject: "one", describe: "does one thing"';

test("a plain object is a handler; it takes any strings, and its text is its output", async () => {
  const [one] = await loadHandlers(await fileWith(`export default { ${handler}, run: ({ data }) => data.join() };`));
  expect(await faultOf(one, ["a", "b"])).toBe("accepted");
  expect(await runHandler(one, ["a", "b"])).toEqual({ output: { stdout: "a,b", stderr: "" } });
});

test("a file may hold a list, and a function without a result", async () => {
  const list = await loadHandlers(await fileWith(`const h = { ${handler}, run() {} }; export default [h, h];`));
  expect(list).toHaveLength(2);
  expect(await runHandler(list[1], [])).toEqual({});
});

test("a handler's description is sent without its functions", async () => {
  const text = `export default { ${handler}, concurrency: 2, timeout: 5, own: 7, run() {} };`;
  const handlers = await loadHandlers(await fileWith(text));
  const said = { messageType: "command", subject: "one", describe: "does one thing", timeout: 5, concurrency: 2 };
  expect(JSON.parse(describeHandlers(handlers))).toEqual([said]);
});

test.each([
  ["export const handler = 1;", "has no handler as its default export"],
  ["export default null;", "has no handler as its default export"],
  [`export default { ${handler} };`, "has no handler as its default export"],
  ["export default [];", "exports an empty list"],
  [`export default { ${handler}, run() {}, data: null };`, "data must be a schema, such as one of valibot or zod"],
  [`export default { ${handler}, run() {}, data: { "~standard": {} } };`, "data must be a schema"],
  ["throw new Error('no disk');", "cannot be loaded: no disk"],
])("%s", async (text, fault) => {
  await expect(loadHandlers(await fileWith(text))).rejects.toThrow(fault);
});
