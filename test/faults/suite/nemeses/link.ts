import { setTimeout as delay } from "node:timers/promises";
import type { Link } from "../../../support/link.ts";
import { pick } from "../../../support/random.ts";
import type { Nemesis } from "../world.ts";

export const linkCut: Nemesis = onALink("link cut", (link) => link.cut());

/** The node hears the broker, which does not hear the node. */
export const linkCutUpwards: Nemesis = onALink("link cut towards the broker", (link) => link.cut("up"));

/** The broker hears the node: what that writes is stored, but the answers do not come. */
export const linkCutDownwards: Nemesis = onALink("link cut towards the node", (link) => link.cut("down"));

/** Neither side is told that the connection is dead, until it is reset. */
export const connectionHalfOpen: Nemesis = onALink("half-open connection", (link) => link.strand());

export const connectionDropped: Nemesis = onALink("connection dropped", (link) => link.drop());

export const linkSlow: Nemesis = onALink("slow link", (link) => link.slow({ latencyMs: 400, bytesPerSecond: 20_000 }));

function onALink(name: string, begin: (link: Link) => void): Nemesis {
  return {
    name,
    fits: "both",
    strike: async ({ random, links }) => {
      const link = pick(random, [...links.values()]);
      begin(link);
      try {
        await delay(1000 + random(6000));
      } finally {
        link.heal();
      }
    },
  };
}
