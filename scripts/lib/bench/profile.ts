import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  /** Microseconds since the previous sample. */
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The kind of work of a function, by its name and its module; the first match counts. */
const kinds: readonly (readonly [kind: string, fits: (name: string, module: string) => boolean])[] = [
  ["", (name) => name === "(idle)"],
  ["writes to the socket", (name) => /^(writeBuffer|writev|writeUtf8String|writeLatin1String)$/.test(name)],
  ["garbage collection", (name) => name === "(garbage collector)"],
  [
    "JSON and UTF-8",
    (name) => /^(encoded?|decode|parseJson|parseBytes|json|utf8Write|encodeUtf8String|decodeUTF8)$/.test(name),
  ],
  [
    "the daemon's log",
    (name, module) => name === "writeString" || /node_modules\/(pino|sonic-boom|safe-stable)/.test(module),
  ],
  ["the NATS client", (_name, module) => module.includes("node_modules/@nats-io")],
  ["checks by schema", (_name, module) => module.includes("node_modules/valibot")],
  ["Steward's own code", (_name, module) => module.startsWith("src/")],
  ["Node: promises, timers, streams, processes", () => true],
];

/**
 * The CPU time of each kind of work in a profile, in milliseconds; idle time is none. Of the profiles in a folder it is
 * that of the process that ran `program`.
 */
export function timesIn(folder: string, program: string): ReadonlyMap<string, number> {
  const profiles = readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile,
  );
  const profile = profiles.find(({ nodes }) => nodes.some(({ callFrame }) => callFrame.url.endsWith(`/${program}`)));
  if (profile === undefined) throw new Error(`${program} left no profile`);
  const { nodes, samples, timeDeltas } = profile;
  const kindOf = new Map(nodes.map(({ id, callFrame }) => [id, kindOfFrame(callFrame)]));
  const times = new Map<string, number>();
  for (const [at, sample] of samples.entries()) {
    const kind = kindOf.get(sample) ?? "";
    if (kind !== "") times.set(kind, (times.get(kind) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  }
  return times;
}

function kindOfFrame(frame: CallFrame): string {
  const module = moduleOf(frame);
  return kinds.find(([, fits]) => fits(frame.functionName, module))?.[0] ?? "";
}

const modules = new Map<string, readonly (string | undefined)[]>();

/** The source of a place in a bundle, which names its modules in comments of their own lines. */
function moduleOf({ url, lineNumber }: CallFrame): string {
  if (!url.startsWith("file:")) return url;
  let lines = modules.get(url);
  if (lines === undefined) {
    let current: string | undefined;
    const named = (line: string): string | undefined =>
      (current = /^\/\/ (\S+\.(?:[cm]?[jt]s))$/.exec(line)?.[1] ?? current);
    lines = readFileSync(fileURLToPath(url), "utf8").split("\n").map(named);
    modules.set(url, lines);
  }
  return lines[lineNumber] ?? url;
}
