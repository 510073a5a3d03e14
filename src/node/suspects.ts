import { LeftError } from "./left-error.ts";

/** Registers the function that wakes a waiting process when it is interrupted. */
export type OnInterrupt = (wake: () => void) => void;

/** After an unclean end, messages begin only after this time, in milliseconds, when the suspects are known. */
const settleMs = 1000;
/** How long a suspect waits until no other message runs, before it runs beside others. */
const quietMs = 10_000;
/** How long others wait for a suspect that ran at two ends of the daemon; twice as long for each further end. */
const firstWindowMs = 30_000;
const lookEveryMs = 20;

/** The right of a suspect to run. */
export interface Turn {
  /** No other message runs beside it. */
  readonly isAlone: boolean;
  /**
   * Registers a record to be made before other messages begin, when the suspect has run for so long that they need not
   * wait any longer. Call the returned function when the run has ended: it resolves to the record, if it was made.
   */
  readonly beforeOthers: <T>(record: () => Promise<T>) => () => Promise<T | undefined>;
  /** The run has ended. May be called twice. */
  readonly end: () => void;
}

interface Candidate {
  readonly ends: number;
  readonly wasAlone: boolean;
  readonly take: (turn: Turn) => void;
  readonly wake: () => void;
}

/**
 * Decides which messages may begin, in order to find a message that ends its daemon again and again. A message that ran
 * at two ends of the daemon is a suspect. Suspects run one after the other, and nothing begins beside them; those that
 * never ran alone come first. If the daemon ends while a suspect runs alone, that suspect has ended it. When a suspect
 * outlives its time window, the others no longer wait for it.
 */
export class Suspects {
  readonly #lanes: { readonly running: number };
  readonly #candidates: Candidate[] = [];
  readonly #passers = new Set<() => void>();
  /** How many messages of each lane have begun since an unclean end; undefined if the daemon's last end was clean. */
  #begun: Map<string, number> | undefined;
  #settled: Promise<void> = Promise.resolve();
  #settle: () => void = () => {};
  /** Messages that wait for their next run. */
  #resting = 0;
  /** Suspects that still run after their window. */
  #outliving = 0;
  #isClosed = false;
  #isTurning = false;
  #isStopped = false;

  /** `lanes.running`: how many messages all lanes are running, including those that wait here. */
  constructor(lanes: { readonly running: number }) {
    this.#lanes = lanes;
  }

  /** Whether a message must call `pass` before it begins. */
  get isClosed(): boolean {
    return this.#isClosed || this.#isStopped;
  }

  /** The last daemon ended without notice: no message begins until the suspects are known. */
  begin(): void {
    this.#begun = new Map();
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
    void this.#takeTurns();
  }

  /** The messages that ran at the last end are delivered from now on. */
  settle(): void {
    setTimeout(this.#settle, settleMs);
  }

  /**
   * True for a message that may have run when the daemon ended: the first messages of its lane since then, as many as
   * the lane runs at once.
   */
  mayHaveBeenOpen(lane: string, concurrency: number): boolean {
    if (this.#begun === undefined) return false;
    const begun = this.#begun.get(lane) ?? 0;
    if (begun < concurrency) this.#begun.set(lane, begun + 1);
    return begun < concurrency;
  }

  /**
   * Waits until messages that are not suspects may begin, or until interrupted.
   * @throws LeftError when the daemon stops
   */
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
   * Waits, as a message does before its next run. Meanwhile it does not run, so a suspect counts as alone. Then it
   * waits until messages that are not suspects may begin, or until interrupted.
   * @throws LeftError when the daemon stops
   */
  async rest(wait: Promise<void>, onInterrupt: OnInterrupt): Promise<void> {
    this.#resting += 1;
    await wait.finally(() => (this.#resting -= 1));
    if (this.#isClosed && !this.#isStopped) await this.pass(onInterrupt);
  }

  /**
   * Waits for the turn of a suspect; undefined when it is interrupted before.
   * @throws LeftError when the daemon stops
   */
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

  /** No further message begins; those that wait are left. */
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

  /**
   * First those that never ran alone: nothing is known about them. Among them, first the one that ran at the most ends.
   */
  #next(): Candidate | undefined {
    const [next] = this.#candidates.toSorted((a, b) => Number(a.wasAlone) - Number(b.wasAlone) || b.ends - a.ends);
    if (next !== undefined) this.#candidates.splice(this.#candidates.indexOf(next), 1);
    return next;
  }

  /** True when only messages that wait here are left; false when that takes too long. */
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
