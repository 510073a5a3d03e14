import { nodeNames, startLightNodes, type LightNodes } from "../fleet/nodes.ts";

/** How many nodes run in one process. */
const nodesInProcess = 2500;

/** A simulated fleet that more processes join. */
export class GrowingFleet implements AsyncDisposable {
  readonly #url: string;
  readonly #script: string;
  readonly #parts: LightNodes[] = [];
  size = 0;

  /** `script` runs a share of the nodes, such as `process.ts`, bundled. */
  constructor(url: string, script: string) {
    this.#url = url;
    this.#script = script;
  }

  get pids(): readonly number[] {
    return this.#parts.flatMap(({ pids }) => pids);
  }

  async grow(size: number): Promise<void> {
    const begun = performance.now();
    while (this.size < size) {
      const next = Math.min(size, this.size + nodesInProcess);
      const names = nodeNames(next).slice(this.size);
      this.#parts.push(await startLightNodes(this.#script, this.#url, names, 1));
      this.size = next;
    }
    process.stderr.write(`– ${size} nodes are up after ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#parts.map((part) => part[Symbol.asyncDispose]()));
  }
}
