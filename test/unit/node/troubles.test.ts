import { expect, test, vi } from "vitest";
import { Troubles } from "../../../src/node/troubles.ts";

function troubles() {
  const log = { error: vi.fn<() => void>(), info: vi.fn<() => void>() };
  const changed = vi.fn<() => void>();
  return { log, changed, of: new Troubles({ log, changed, signal: new AbortController().signal }) };
}

test("a trouble keeps its start and shows the present cause; the log has one line about it", () => {
  const { log, changed, of } = troubles();
  of.report("event.log", "noRoom", "ENOSPC: no space left on device");
  const [first] = of.list() ?? [];
  of.report("event.log", "noRoom", "EMFILE: too many open files");
  expect(of.list()).toEqual([{ ...first, message: "EMFILE: too many open files" }]);
  expect(log.error).toHaveBeenCalledOnce();
  expect(changed).toHaveBeenCalledOnce();
});

test("it is reported when its cause changes, and when it is over", () => {
  const { changed, of } = troubles();
  of.report("inbox", "noRoom", "EMFILE");
  of.report("inbox", "fileUnreadable", "EACCES");
  expect(changed).toHaveBeenCalledTimes(2);
  of.end("inbox");
  of.end("inbox");
  expect(changed).toHaveBeenCalledTimes(3);
  expect(of.list()).toBeUndefined();
});
