import { expect, test } from "vitest";
import { runScript } from "../support.ts";

test.each([0, 1, 255])("the exit code %d is reported", async (code) => {
  expect(await runScript(`exit ${code}`)).toMatchObject({ exitCode: code, signal: null });
});

test("a signal that ended the program is reported", async () => {
  expect(await runScript("kill -KILL $$")).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});
