import fc from "fast-check";
import { expect, test } from "vitest";
import { WaitingList } from "../../../src/util/waiting-list.ts";

const isEven = (value: number): boolean => value % 2 === 0;
const fits = { first: () => true, even: isEven, odd: (value: number) => !isEven(value), none: () => false };

test("it behaves like a plain array, at any length and in any order of takes", () => {
  const action = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ take: fc.constantFrom(...(Object.keys(fits) as (keyof typeof fits)[])), times: fc.nat(2000) }),
    fc.constant("clear" as const),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 20 }), (actions) => {
      const list = new WaitingList<number>();
      let model: number[] = [];
      let next = 0;
      for (const act of actions) {
        if (act === "clear") {
          list.clear();
          model = [];
        } else if ("push" in act) {
          for (let count = 0; count < act.push; count++, next++) {
            list.push(next);
            model.push(next);
          }
        } else {
          for (let count = 0; count < act.times; count++) {
            const at = model.findIndex(fits[act.take]);
            const [wanted] = at < 0 ? [] : model.splice(at, 1);
            if (list.take(fits[act.take]) !== wanted) throw new Error(`took another than ${wanted}`);
            if (wanted === undefined) break;
          }
        }
        expect(list.length).toBe(model.length);
        expect([...list]).toEqual(model);
      }
    }),
    { numRuns: 30 },
  );
});

test("taking from a long list costs no more than from a short one", () => {
  const list = new WaitingList<number>();
  for (let item = 0; item < 200_000; item++) list.push(item);
  const begun = performance.now();
  for (let item = 0; item < 200_000; item++) if (list.take(() => true) !== item) throw new Error("out of order");
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(list.take(() => true)).toBeUndefined();
});
