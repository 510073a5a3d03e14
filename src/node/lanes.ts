import type { Lane } from "./lane.ts";

/** The lanes of a node that have messages, by name. */
export class Lanes extends Map<string, Lane> {
  /** The number of messages that all lanes run. */
  get running(): number {
    let sum = 0;
    for (const lane of this.values()) sum += lane.running;
    return sum;
  }
}
