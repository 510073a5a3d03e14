import { pick } from "../../../support/random.ts";
import type { Nemesis } from "../world.ts";
import { asked } from "./asked.ts";

/** As somebody may do it by hand. The daemon makes the consumer again, and gets all messages of the queue once more. */
export const consumerDeleted: Nemesis = {
  name: "consumer of a node deleted",
  fits: "both",
  strike: async (world) => {
    const { name } = pick(world.random, world.nodes);
    // While the daemon is away or makes it again, there may be none.
    await asked(world, ({ consumers }) => consumers.delete("STEWARD_MESSAGES", name)).catch(() => false);
  },
};
