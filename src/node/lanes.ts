import type { Lane } from "./lane.ts";

/** The lanes of a node that have messages, by name. */
export class Lanes extends Map<string, Lane> {
  /** How many messages all lanes are running. */
  get running(): number {
    let sum = 0;
    for (const lane of this.values()) sum += lane.running;
    return sum;
  }
}
