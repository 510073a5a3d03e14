import type { Nemesis } from "../world.ts";
import { brokerKilled, brokerStopped, diskFull } from "./broker.ts";
import { consumerServerKilled, minorityPartitioned, rollingRestart, streamLeaderKilled } from "./cluster.ts";
import { consumerDeleted } from "./consumer.ts";
import { clockWrong, daemonKilled, daemonRestarted, daemonStopped } from "./daemon.ts";
import { connectionDropped, connectionHalfOpen, linkCut, linkCutDownwards, linkCutUpwards, linkSlow } from "./link.ts";

export const nemeses: readonly Nemesis[] = [
  daemonKilled,
  daemonStopped,
  daemonRestarted,
  clockWrong,
  brokerKilled,
  brokerStopped,
  diskFull,
  connectionDropped,
  connectionHalfOpen,
  linkCut,
  linkCutUpwards,
  linkCutDownwards,
  linkSlow,
  consumerDeleted,
  streamLeaderKilled,
  consumerServerKilled,
  minorityPartitioned,
  rollingRestart,
];
