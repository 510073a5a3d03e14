import { once } from "node:events";
import { readdirSync } from "node:fs";
import { residentMiB } from "../bench/process-figures.ts";
import { lasting, type Daemon, type Stage } from "./stage.ts";
import type { Point, Series } from "./verdict.ts";

interface Figure extends Omit<Series, "points"> {
  readonly figure: number;
}

/** The figures measured so far, by name. */
export type Samples = Map<string, Omit<Series, "points"> & { readonly points: Point[] }>;

/** Measures once everything that might grow. */
export async function sample(stage: Stage, samples: Samples, seconds: number): Promise<void> {
  const daemons = stage.daemons.filter(({ name }) => lasting.some((one) => one === name));
  const figures = [...(await Promise.all(daemons.map(ofDaemon))).flat(), ...(await ofBroker(stage)), ...ofFiles(stage)];
  for (const { figure, ...about } of figures) {
    const series = samples.get(about.name) ?? { ...about, points: [] };
    samples.set(about.name, series);
    series.points.push([seconds, figure]);
  }
}

/** A daemon's report on itself, after a garbage collection. */
interface SelfReport {
  readonly heapMiB: number;
  readonly handles: number;
}

async function ofDaemon({ name, child }: Daemon): Promise<Figure[]> {
  child.send("report");
  const [{ heapMiB, handles }] = (await once(child, "message")) as [SelfReport];
  const pid = child.pid ?? 0;
  return [
    { name: `${name}: resident memory`, unit: "MiB", tolerance: 15, figure: residentMiB(pid) },
    { name: `${name}: collected heap`, unit: "MiB", tolerance: 2, figure: heapMiB },
    // This includes those of messages that run now.
    { name: `${name}: handles`, unit: "", tolerance: 4, figure: handles },
    { name: `${name}: open files`, unit: "", tolerance: 4, figure: openFiles(pid) },
  ];
}

interface Vars {
  readonly subscriptions: number;
  readonly connections: number;
}

interface Jetstream {
  readonly consumers: number;
  readonly account_details: readonly { readonly stream_detail: readonly StreamDetail[] }[];
}

interface StreamDetail {
  readonly name: string;
  readonly state: { readonly messages: number; readonly first_ts: string };
}

async function ofBroker({ server, broker }: Stage): Promise<Figure[]> {
  const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${server.monitor}/${path}`)).json()) as T;
  const [{ subscriptions, connections }, { consumers, account_details: accounts }] = await Promise.all([
    ask<Vars>("varz"),
    ask<Jetstream>("jsz?streams=1"),
  ]);
  const streams = accounts.flatMap(({ stream_detail: details }) => details);
  const isLog = ({ name }: StreamDetail): boolean => name === broker.names.acks;
  const besideLog = streams.filter((stream) => !isLog(stream)).reduce((sum, { state }) => sum + state.messages, 0);
  const log = streams.find(isLog)?.state;
  const logSeconds = log?.messages === 0 ? 0 : (Date.now() - Date.parse(log?.first_ts ?? "")) / 1000;
  return [
    { name: "broker: resident memory", unit: "MiB", tolerance: 20, figure: residentMiB(server.pid) },
    { name: "broker: open files", unit: "", tolerance: 6, figure: openFiles(server.pid) },
    { name: "broker: consumers", unit: "", tolerance: 3, figure: consumers },
    { name: "broker: subscriptions", unit: "", tolerance: 10, figure: subscriptions },
    { name: "broker: connections", unit: "", tolerance: 3, figure: connections },
    // How many seconds the log reaches back. Its size varies with the load, but it must hold nothing older than its
    // limit.
    { name: "broker: reach of the log, seconds", unit: "", tolerance: 10, figure: logSeconds },
    { name: "broker: messages beside the log", unit: "", tolerance: 100, figure: besideLog },
  ];
}

function ofFiles({ daemons }: Stage): Figure[] {
  return daemons.map(({ name, dataDir }) => {
    // Five log files of 64 MiB each are set aside: it takes them hours to become steady.
    const files = readdirSync(dataDir, { recursive: true }).filter((path) => !/\.log\.\d$/.test(String(path))).length;
    return { name: `${name}: files in the data folder`, unit: "", tolerance: 1, figure: files };
  });
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
