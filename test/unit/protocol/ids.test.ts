import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { derivedId, newId } from "../../../src/protocol/ids.ts";
import { isId } from "../../../src/protocol/subjects.ts";
import { address } from "./arbitraries.ts";

test("new ids are valid, unique and in the order of their creation", () => {
  const ids = Array.from({ length: 1000 }, newId);
  expect(ids.every(isId)).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(1000);
});

test("a derived id is valid, the same for the same address and different for others", () => {
  fc.assert(
    fc.property(address, address, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      expect(isId(derivedId("error", one))).toBe(true);
      expect(derivedId("error", { ...one })).toBe(derivedId("error", one));
      expect(derivedId("error", other)).not.toBe(derivedId("error", one));
    }),
  );
});

afterEach(() => void vi.useRealTimers());

test.each(["1969-12-31T23:59:50Z", "1970-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "+012000-01-01T00:00:00Z"])(
  "a clock that says %s gives ids too",
  (time) => {
    vi.useFakeTimers({ now: new Date(time) });
    const ids = Array.from({ length: 100 }, newId);
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids).size).toBe(100);
  },
);
