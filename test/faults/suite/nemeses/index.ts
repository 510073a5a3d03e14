import type { Nemesis } from "../world.ts";
import { brokerKilled, brokerStopped, diskFull } from "./broker.ts";
import { consumerLeaderKilled, minorityPartitioned, rollingRestart, streamLeaderKilled } from "./cluster.ts";
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
  streamLeaderKilled,
  consumerLeaderKilled,
  minorityPartitioned,
  rollingRestart,
];
