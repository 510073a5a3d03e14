import { LeftError } from "./left-error.ts";

/** Hands over what wakes a process that waits, for when it is interrupted. */
export type OnInterrupt = (wake: () => void) => void;

/** After an unclean end nothing begins for so long, in milliseconds, until it is known who is suspect. */
const settleMs = 1000;
/** How long a suspect waits until nothing else runs, before it runs in company. */
const quietMs = 10_000;
/** How long others wait for a suspect that has ended two daemons at most; twice as long for each further end. */
const firstWindowMs = 30_000;
const lookEveryMs = 20;

/** What a suspect has while it runs. */
export interface Turn {
  /** Nothing else runs beside it. */
  readonly isAlone: boolean;
  /**
   * Has it recorded that it is alone no more, before others go on because it has run for long enough. To be told when the
   * run has ended: resolves then to what was recorded.
   */
  readonly beforeOthers: <T>(record: () => Promise<T>) => () => Promise<T | undefined>;
  /** It has ended. May be called twice. */
  readonly end: () => void;
}

interface Candidate {
  readonly ends: number;
  readonly wasAlone: boolean;
  readonly take: (turn: Turn) => void;
  readonly wake: () => void;
}

/**
 * Says who may begin, so that a message that ends its daemon again and again is found. What was open at two ends of the
 * daemon is suspect. Suspects run one after the other, those first that were never alone, and nothing begins beside
 * them: who is alone when the daemon ends has ended it. For who outlives its window, nobody waits any longer.
 */
export class Suspects {
  readonly #lanes: { readonly running: number };
  readonly #candidates: Candidate[] = [];
  readonly #passers = new Set<() => void>();
  /** How many messages of each lane have begun since an unclean end; undefined in a life that follows none. */
  #begun: Map<string, number> | undefined;
  #settled: Promise<void> = Promise.resolve();
  #settle: () => void = () => {};
  /** Messages that wait for their next run. */
  #resting = 0;
  /** Suspects that still run behind their window. */
  #outliving = 0;
  #isClosed = false;
  #isTurning = false;
  #isStopped = false;

  /** `lanes.running`: how many messages all lanes are at, with those that wait here. */
  constructor(lanes: { readonly running: number }) {
    this.#lanes = lanes;
  }

  /** Whoever wants to begin must `pass`. */
  get isClosed(): boolean {
    return this.#isClosed || this.#isStopped;
  }

  /** The former life of the daemon ended without a word: nothing begins until it has settled. */
  begin(): void {
    this.#begun = new Map();
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
    void this.#takeTurns();
  }

  /** What was open comes in from now on. */
  settle(): void {
    setTimeout(this.#settle, settleMs);
  }

  /** True for what a lane may have been at when the daemon ended: its first messages since, as many as it runs at once. */
  mayHaveBeenOpen(lane: string, concurrency: number): boolean {
    if (this.#begun === undefined) return false;
    const begun = this.#begun.get(lane) ?? 0;
    if (begun < concurrency) this.#begun.set(lane, begun + 1);
    return begun < concurrency;
  }

  /** Waits until others than suspects may begin, or until interrupted. @throws LeftError when the daemon stops */
  async pass(onInterrupt: OnInterrupt): Promise<void> {
    if (this.#isClosed && !this.#isStopped) {
      await new Promise<void>((wake) => {
        this.#passers.add(wake);
        onInterrupt(() => {
          this.#passers.delete(wake);
          wake();
        });
      });
    }
    if (this.#isStopped) throw new LeftError();
  }

  /**
   * Waits for what a message waits for before its next run. Meanwhile it does not run, so it keeps no suspect from being
   * alone; then it waits until others than suspects may begin, or until interrupted. @throws LeftError when the daemon stops
   */
  async rest(wait: Promise<void>, onInterrupt: OnInterrupt): Promise<void> {
    this.#resting += 1;
    await wait.finally(() => (this.#resting -= 1));
    if (this.#isClosed && !this.#isStopped) await this.pass(onInterrupt);
  }

  /** Waits for the turn of a suspect; undefined when it is interrupted before. @throws LeftError when the daemon stops */
  async turn(ends: number, wasAlone: boolean, onInterrupt: OnInterrupt): Promise<Turn | undefined> {
    if (this.#isStopped) throw new LeftError();
    const turn = await new Promise<Turn | undefined>((take) => {
      const candidate: Candidate = { ends, wasAlone, take, wake: () => take(undefined) };
      this.#candidates.push(candidate);
      onInterrupt(() => {
        const at = this.#candidates.indexOf(candidate);
        if (at >= 0) this.#candidates.splice(at, 1);
        if (at >= 0) candidate.wake();
      });
      void this.#takeTurns();
    });
    if (!this.#isStopped) return turn;
    turn?.end();
    throw new LeftError();
  }

  /** Nothing begins any more; who waits leaves. */
  stop(): void {
    this.#isStopped = true;
    this.#settle();
    this.#open();
    for (const { wake } of this.#candidates.splice(0)) wake();
  }

  async #takeTurns(): Promise<void> {
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#isClosed = true;
    await this.#settled;
    while (this.#candidates.length > 0) {
      const isAlone = await this.#untilQuiet();
      if (!isAlone) this.#open();
      const next = this.#next();
      if (next === undefined) break;
      const { ends, take } = next;
      await new Promise<void>((passOn) => take(this.#newTurn(isAlone, ends, passOn)));
    }
    this.#isTurning = false;
    this.#open();
  }

  /** Those first that were never alone: of them nothing is known yet. Among them, who was open at the most ends. */
  #next(): Candidate | undefined {
    const [next] = this.#candidates.toSorted((a, b) => Number(a.wasAlone) - Number(b.wasAlone) || b.ends - a.ends);
    if (next !== undefined) this.#candidates.splice(this.#candidates.indexOf(next), 1);
    return next;
  }

  /** True once nothing runs but what waits here; false when that takes too long. */
  async #untilQuiet(): Promise<boolean> {
    this.#isClosed = this.#outliving === 0;
    const waiting = (): number => this.#candidates.length + this.#passers.size + this.#resting;
    for (const end = performance.now() + quietMs; this.#isClosed && this.#lanes.running > waiting();) {
      if (performance.now() > end || this.#isStopped) return false;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return this.#isClosed;
  }

  #newTurn(isAlone: boolean, ends: number, passOn: () => void): Turn {
    let record: (() => Promise<unknown>) | undefined;
    let state: "inWindow" | "outliving" | "ended" = "inWindow";
    const outlive = async (): Promise<void> => {
      if (isAlone) await record?.().catch(() => undefined);
      if (state !== "inWindow") return;
      state = "outliving";
      this.#outliving += 1;
      passOn();
    };
    const timer = setTimeout(() => void outlive(), firstWindowMs * 2 ** Math.min(Math.max(0, ends - 2), 12));
    return {
      isAlone,
      beforeOthers: (make) => {
        let made: ReturnType<typeof make> | undefined;
        record = () => (made = make());
        return async () => {
          record = undefined;
          return made;
        };
      },
      end: () => {
        if (state === "outliving") this.#outliving -= 1;
        state = "ended";
        clearTimeout(timer);
        passOn();
      },
    };
  }

  #open(): void {
    this.#isClosed = false;
    for (const wake of this.#passers) wake();
    this.#passers.clear();
  }
}
