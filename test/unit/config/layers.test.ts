import { expect, test } from "vitest";
import { merge, type Layer } from "../../../src/config/layers.ts";

const layer = (path: string, values: Layer["values"]): Layer => ({ values, originOf: () => ({ kind: "file", path }) });

test("the first layer with a value decides, and each value knows its layer", () => {
  const { args, origins } = merge([
    layer("top", { json: false, wait: undefined }),
    layer("middle", { json: true, wait: "1s" }),
    layer("bottom", { wait: "2s", from: "kai" }),
  ]);
  expect(args).toEqual({ json: false, wait: "1s", from: "kai" });
  expect(origins).toEqual({
    json: { kind: "file", path: "top" },
    wait: { kind: "file", path: "middle" },
    from: { kind: "file", path: "bottom" },
  });
});

test.each([
  [{ creds: "a" }, { user: "u", password: "p", nkey: "n", token: "t", creds: "b" }, { creds: "a" }],
  [{ token: "t" }, { creds: "b" }, { token: "t" }],
  [{ user: "u" }, { password: "p", creds: "b" }, { user: "u", password: "p" }],
  [{ server: "nats://u:p@h" }, { user: "other", creds: "b" }, { server: "nats://u:p@h" }],
  [{ server: "nats://h" }, { creds: "b" }, { server: "nats://h", creds: "b" }],
  [{ creds: "a" }, { server: "nats://u:p@h" }, { creds: "a", server: "nats://u:p@h" }],
  [{}, { creds: "b", user: "u" }, { creds: "b", user: "u" }],
])("credentials of two kinds are not mixed: %j over %j", (above, below, together) => {
  expect(merge([layer("above", above), layer("below", below)]).args).toEqual(together);
});
