import { join, resolve } from "node:path";
import type { ConfigFile } from "../../config/config-file.ts";
import { stateFolder } from "../../broker/server/folders.ts";
import { NodeDaemon } from "../../node/daemon.ts";
import { nodeDefaults, type NodeSettings } from "../../node/settings.ts";
import { StewardError } from "../../protocol/errors.ts";
import { onAbort } from "../../protocol/on-abort.ts";
import { nodeNameFault } from "../../protocol/subjects.ts";
import { listOf, textOf, timerOf, wholeNumberOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { createLog } from "../log.ts";
import { nodeOptions } from "../node-options.ts";
import { notifyServiceManager } from "../service-manager.ts";
import { resolveSettings } from "../settings.ts";

export const nodeCommand: Command = {
  name: "node",
  group: "run",
  describe: "run the daemon of a node",
  positionals: [{ name: "name", describe: "the node's name", required: true }],
  options: nodeOptions,
  examples: [
    ["steward node ship1", "run the node ship1 on this machine"],
    ["steward node ship1 --server nats://central:4222 --label site=oslo", "with the broker on another machine"],
  ],
  settles: true,
  run: node,
};

async function node(typed: Arguments): Promise<number> {
  const { args, file } = await resolveSettings(typed, nodeOptions, process.env, () => true);
  const settings = nodeSettings(args, file);
  const log = await createLog(textOf(args, "log-level") ?? "info", { node: settings.name });
  const stop = new AbortController();
  let failure: Error | undefined;
  let daemon: NodeDaemon | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) return daemon?.stopNow();
    log.info(`${signal}: stopping; a second one does not wait for what runs`);
    stop.abort();
    void daemon?.stop();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  void file?.follow(log, stop.signal);
  try {
    await using broker = await openFromArguments(args, {
      name: `steward node ${settings.name}`,
      waitMs: Infinity,
      signal: stop.signal,
      onFailure: once((error) => log.warn(`${error.message}; trying on`)),
    });
    const end = (error?: Error): void => {
      failure = error;
      stop.abort();
    };
    daemon = new NodeDaemon(broker, settings, log, end);
    await daemon.start();
    log.info({ dataDir: settings.dataDir, inbox: settings.inbox }, "ready");
    notifyServiceManager("READY=1");
    await new Promise<void>((done) => onAbort(stop.signal, done));
    notifyServiceManager("STOPPING=1");
    await daemon.stop();
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  if (failure !== undefined) throw failure;
  return 0;
}

function once<T>(call: (value: T) => void): (value: T) => void {
  let called = false;
  return (value) => {
    if (!called) call(value);
    called = true;
  };
}

function nodeSettings(args: Arguments, file: ConfigFile | undefined): NodeSettings {
  const name = textOf(args, "name") ?? "";
  const fault = nodeNameFault(name);
  if (fault !== undefined) throw new StewardError("badName", fault);
  const dataDir = resolve(textOf(args, "data-dir") ?? join(stateFolder(process.env), "nodes", name));
  const central = textOf(args, "central") ?? nodeDefaults.central;
  if (nodeNameFault(central) !== undefined) throw new StewardError("badName", `--central: ${nodeNameFault(central)}`);
  const handlers = textOf(args, "handlers");
  const presenceTtl = timerOf(args, "presence-ttl") ?? nodeDefaults.presenceTtl;
  return {
    name,
    dataDir,
    inbox: resolve(textOf(args, "inbox") ?? join(dataDir, "inmsg.txt")),
    ...(handlers === undefined ? {} : { handlersFolder: resolve(handlers) }),
    central,
    labels: Object.fromEntries(listOf(args, "label").map(readLabel)),
    timeout: timerOf(args, "timeout") ?? nodeDefaults.timeout,
    retries: wholeNumberOf(args, "retries") ?? nodeDefaults.retries,
    retryWait: timerOf(args, "retry-wait") ?? nodeDefaults.retryWait,
    killGrace: timerOf(args, "kill-grace") ?? nodeDefaults.killGrace,
    outputLimit: wholeNumberOf(args, "output-limit") ?? nodeDefaults.outputLimit,
    presenceTtl,
    presenceBeat: presenceTtl / 3,
    drainTimeout: timerOf(args, "drain-timeout") ?? nodeDefaults.drainTimeout,
    watchdogInterval: timerOf(args, "watchdog-interval") ?? nodeDefaults.watchdogInterval,
    config: file === undefined ? nodeDefaults.config : () => file.current,
  };
}

function readLabel(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new StewardError("usage", `--label ${text}: write it as key=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}
