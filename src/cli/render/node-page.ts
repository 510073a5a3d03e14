import type { LaneReport } from "../../protocol/control.ts";
import { labelsIn } from "../../protocol/labels.ts";
import { typeAndSubject, laneOf } from "../../protocol/subjects.ts";
import type { Trouble } from "../../protocol/trouble.ts";
import type { NodePage } from "../../state/node-page.ts";
import type { LaneState } from "../../state/nodes.ts";
import { byName } from "../../util/by-name.ts";
import { laneReason, laneState } from "./lanes.ts";
import { infoText, stateJson, stateWord } from "./nodes.ts";
import { ago, table } from "./table.ts";

/** A page about one node: its data, its lanes, and its last failures. */
export function nodePageText(page: NodePage): string[] {
  const { state, asOf, lastFailures } = page;
  const [lanes, facts] = [lanesOf(page), factsOf(page)];
  const width = Math.max(...facts.map(([name]) => name.length));
  const parts = [facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`)];
  if (lanes.length > 0) {
    const head = ["LANE", "STATE", "WAITING", "RUNNING", "LAST", "WHEN", "HELD"];
    parts.push(
      table(
        head,
        lanes.map((lane) => laneRow(lane, asOf)),
      ),
    );
  }
  if (lastFailures.length > 0) {
    const lines = lastFailures.map(({ at, id, state: ended, error, ...lane }) => {
      const why = error === undefined ? "" : ` (${error.code}) ${error.message}`;
      return `${at} ${typeAndSubject(lane)} ${id} ${ended}${why}`;
    });
    parts.push(["Last failures:", ...lines]);
  } else if (lanes.length === 0) parts.push([`nothing has run on ${state.node}`]);
  return parts.flatMap((part, index) => (index === 0 ? part : ["", ...part]));
}

/** The `--json` output for one node. */
export function nodePageJson(page: NodePage): object {
  const { state, now, ended, groups, lastFailures } = page;
  const lanes = lanesOf(page).map((lane) => ({ ...lane, state: laneState(lane) }));
  return { ...stateJson(state), daemon: now.daemon, draining: now.draining, ended, groups, lanes, lastFailures };
}

type Lane = LaneReport & { readonly last?: LaneState };

/** The lanes from the report of the daemon, with the latest ACK of each lane. Idle lanes are added. */
function lanesOf({ state, now }: NodePage): Lane[] {
  const lanes = new Map<string, Lane>(now.lanes.map((lane) => [lane.name, lane]));
  for (const last of state.lanes) {
    const name = laneOf(last);
    const lane = lanes.get(name) ?? { name, waiting: 0, running: [] };
    if (lane.last === undefined || lane.last.at < last.at) lanes.set(name, { ...lane, last });
  }
  return [...lanes.values()].toSorted((a, b) => byName(a.name, b.name));
}

function factsOf({ state, asOf, now, ended, groups }: NodePage): [name: string, value: string][] {
  const { node, up, lastSeen, presence, info, queued } = state;
  const text = (key: string): string | undefined => infoText(state, key);
  const seen = lastSeen === undefined ? "never seen" : `last seen ${ago(Date.parse(lastSeen), asOf)}, ${lastSeen}`;
  const doubt = up === (now.daemon === "up") ? "" : `; its daemon ${said[now.daemon]}`;
  const startedAt = presence?.startedAt ?? text("startedAt");
  const facts: [string, string | undefined][] = [
    ["node", node],
    ["state", `${stateWord(state)}, ${seen}${doubt}${now.draining ? "; draining: starts no further message" : ""}`],
    ...state.troubles.map((trouble): [string, string] => ["trouble", troubleText(trouble, asOf)]),
    ["host", presence?.host ?? text("host")],
    ["system", joined([text("os"), text("node") && `Node ${text("node")}`])],
    ["version", text("version")],
    ["instance", presence?.instance ?? text("instance")],
    ["process", presence && String(presence.pid)],
    ["started", startedAt && `${startedAt}, ${ago(Date.parse(startedAt), asOf)}`],
    ["labels", joined([...labelsIn(info)].map(([key, value]) => `${key}=${value}`))],
    ["groups", joined(groups.map((group) => `@${group}`))],
    [
      "serves",
      Array.isArray(info?.["subjects"]) ? joined(info["subjects"].filter((one) => typeof one === "string")) : undefined,
    ],
    ["queued", ended === 0 ? String(queued) : `${queued}, of which ${ended} ended and are not removed yet`],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]));
}

function troubleText({ what, code, message, since }: Trouble, asOf: number): string {
  return `${what}, since ${lasting(since, asOf)}: ${message} (${code})`;
}

const said = { up: "answers", down: "is not connected", silent: "is connected but does not answer" } as const;

function laneRow(lane: Lane, asOf: number): string[] {
  const { name, waiting, running, last } = lane;
  return [
    name,
    laneState(lane),
    String(waiting),
    running.map(({ id, startedAt }) => `${id} for ${lasting(startedAt, asOf)}`).join(", ") || "-",
    last === undefined ? "-" : `${last.state} ${last.id}`,
    last === undefined ? "-" : ago(Date.parse(last.at), asOf),
    laneReason(lane),
  ];
}

function lasting(since: string, asOf: number): string {
  return ago(Date.parse(since), asOf).replace(/ ago$/, "");
}

/** Joins texts with commas. Returns undefined for an empty list. */
function joined(texts: readonly (string | undefined)[]): string | undefined {
  return texts.filter(Boolean).join(", ") || undefined;
}
