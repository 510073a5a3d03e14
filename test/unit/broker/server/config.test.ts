import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderServerConfig } from "../../../../src/broker/server/config.ts";

const shipped = { host: "127.0.0.1", port: 4222, storeDir: "steward-broker" };

test("`steward broker` uses the shipped configuration", () => {
  const file = readFileSync(new URL("../../../../streams/broker.conf", import.meta.url), "utf8");
  expect(file.endsWith(`\n\n${renderServerConfig({ ...shipped, syncAlways: true })}`)).toBe(true);
});

test("syncs before acknowledging only when configured so, and has a name only when given one", () => {
  const config = renderServerConfig({ ...shipped, syncAlways: false });
  expect(config).not.toMatch(/sync_interval|server_name/);
  expect(renderServerConfig({ ...shipped, syncAlways: true, name: "hub" })).toMatch(
    /^server_name: "hub"\n[^]*sync_interval: always/,
  );
});

test("quotes special characters of a folder's name", () => {
  const config = renderServerConfig({ ...shipped, storeDir: '/srv/my "ships"', syncAlways: true });
  expect(config).toContain('store_dir: "/srv/my \\"ships\\""');
});
