import { join, resolve } from "node:path";
import { stateFolder } from "../../broker/server/folders.ts";
import type { ConfigFile } from "../../config/config-file.ts";
import { nodeOptions, type ValuesOf } from "../../config/options.ts";
import { NodeDaemon } from "../../node/daemon.ts";
import { nodeDefaults, setByOptions, type NodeSettings } from "../../node/settings.ts";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { onAbort } from "../../util/on-abort.ts";
import { nodeOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { explained } from "../explain.ts";
import { createLog } from "../log.ts";
import { notifyServiceManager } from "../service-manager.ts";
import { resolveSettings } from "../settings.ts";

export const nodeCommand: Command = defineCommand({
  name: "node",
  group: "run",
  impact: "writes",
  describe: "run the daemon of a node",
  positionals: [{ name: "name", describe: "the node's name", required: true }],
  options: nodeOptions,
  examples: [
    ["steward node ship1", "run the node ship1 on this machine"],
    ["steward node ship1 --server nats://central:4222 --label site=oslo", "with the broker on another machine"],
  ],
  settles: true,
  run: async (typed) => {
    const { args, file } = await resolveSettings(typed, nodeOptions, process.env, () => true);
    const settings = nodeSettings(args, file);
    const log = await createLog(args["log-level"] ?? "info", { node: settings.name });
    const stop = new AbortController();
    let failure: Error | undefined;
    let daemon: NodeDaemon | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stop.signal.aborted) return daemon?.hurry();
      log.info(`${signal}: stopping; a second one does not wait for running messages`);
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
        onFailure: once((error) => log.warn(`${messageOf(explained(error))}; trying again`)),
      });
      const end = (error?: Error): void => {
        failure = error;
        stop.abort();
      };
      daemon = new NodeDaemon(broker, settings, log, end);
      try {
        if (await daemon.start()) {
          log.info({ dataDir: settings.dataDir, inbox: settings.inbox }, "ready");
          notifyServiceManager("READY=1");
        }
        await new Promise<void>((done) => onAbort(stop.signal, done));
      } finally {
        notifyServiceManager("STOPPING=1");
        await daemon.stop();
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    if (failure !== undefined) throw failure;
    return 0;
  },
});

function once<T>(call: (value: T) => void): (value: T) => void {
  let called = false;
  return (value) => {
    if (!called) call(value);
    called = true;
  };
}

type NodeArguments = ValuesOf<typeof nodeOptions> & { readonly name: string };

function nodeSettings(args: NodeArguments, file: ConfigFile | undefined): NodeSettings {
  const { handlers } = args;
  const name = nodeOf(args.name);
  const dataDir = resolve(args["data-dir"] ?? join(stateFolder(process.env), "nodes", name));
  return {
    name,
    dataDir,
    inbox: resolve(args.inbox ?? join(dataDir, "inmsg.txt")),
    ...(handlers === undefined ? {} : { handlersFolder: resolve(handlers) }),
    labels: labelsOf(args.label ?? []),
    ...setByOptions(args),
    config: file === undefined ? nodeDefaults.config : () => file.current,
  };
}

/** @throws StewardError badSettings for a key with two values */
function labelsOf(texts: readonly string[]): Record<string, string> {
  const labels = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf("=");
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    const before = labels.get(key);
    if (before !== undefined && before !== value) {
      throw new StewardError(
        "badSettings",
        `the label ${key} has two values, "${before}" and "${value}"; keep one of them`,
      );
    }
    labels.set(key, value);
  }
  return Object.fromEntries(labels);
}
