import { LeftError } from "./left-error.ts";

/** Registers a function that wakes a waiting message process when that process is interrupted. */
export type OnInterrupt = (wake: () => void) => void;

/**
 * After an unclean end of the daemon, the next daemon waits this long after its first resync before messages begin, in
 * milliseconds. By then, the suspects are known.
 */
const settleMs = 1000;
/**
 * A suspect waits at most this long, in milliseconds, until no other message runs. After this time, the suspect runs
 * beside other messages.
 */
const quietMs = 10_000;
/**
 * The time window: other messages wait this long, in milliseconds, for a suspect during which the daemon ended twice.
 * Each further end doubles the time.
 */
const firstWindowMs = 30_000;
const lookEveryMs = 20;

/** The right of a suspect to run. */
export interface Turn {
  /** True if no other message runs beside the suspect. */
  readonly isAlone: boolean;
  /**
   * Registers `record`. If the suspect runs alone and still runs at the end of its time window, `record` is called
   * before other messages begin. Call the returned function when the run has ended. It resolves to the result of
   * `record`, or to undefined if `record` was not called.
   */
  readonly beforeOthers: <T>(record: () => Promise<T>) => () => Promise<T | undefined>;
  /** Ends the turn, because the run has ended. May be called twice. */
  readonly end: () => void;
}

interface Candidate {
  readonly ends: number;
  readonly wasAlone: boolean;
  readonly take: (turn: Turn) => void;
  readonly wake: () => void;
}

/**
 * Decides which messages may begin. The goal is to find a message that ends its daemon again and again. A message is a
 * suspect if the daemon ended twice while it ran. Suspects run one after the other, and no other message begins beside
 * a suspect. Suspects that never ran alone come first. If the daemon ends while a suspect runs alone, that suspect
 * counts as the cause. If a suspect still runs at the end of its time window, other messages no longer wait for it.
 */
export class Suspects {
  readonly #lanes: { readonly running: number };
  readonly #candidates: Candidate[] = [];
  readonly #passers = new Set<() => void>();
  /**
   * The number of messages of each lane that have begun since an unclean end. Undefined if the daemon's last end was
   * clean.
   */
  #begun: Map<string, number> | undefined;
  #settled: Promise<void> = Promise.resolve();
  #settle: () => void = () => {};
  /** The number of messages that wait for their next run. */
  #resting = 0;
  /** The number of suspects that still run after their time window. */
  #outliving = 0;
  #isClosed = false;
  #isTurning = false;
  #isStopped = false;

  /** `lanes.running`: the number of messages that all lanes run, including messages that wait here. */
  constructor(lanes: { readonly running: number }) {
    this.#lanes = lanes;
  }

  /** True if a message must wait for `pass` before it begins. */
  get isClosed(): boolean {
    return this.#isClosed || this.#isStopped;
  }

  /** Called if the last daemon ended uncleanly. No message begins until the suspects are known. */
  begin(): void {
    this.#begun = new Map();
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
    void this.#takeTurns();
  }

  /** Called after the first resync. The broker then delivers the messages that ran when the daemon ended. */
  settle(): void {
    setTimeout(this.#settle, settleMs);
  }

  /**
   * True for a message that may have run when the daemon ended: in a lane that runs n messages at once, for the first n
   * messages after that end.
   */
  mayHaveBeenOpen(lane: string, concurrency: number): boolean {
    if (this.#begun === undefined) return false;
    const begun = this.#begun.get(lane) ?? 0;
    if (begun < concurrency) this.#begun.set(lane, begun + 1);
    return begun < concurrency;
  }

  /**
   * Waits until messages that are not suspects may begin, or until the message is interrupted.
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
   * Waits for `wait`, the pause of a message before its next run. The message does not run during the pause, so a
   * suspect can run alone meanwhile. After the pause, the message waits until messages that are not suspects may begin,
   * or until the message is interrupted.
   * @throws LeftError when the daemon stops
   */
  async rest(wait: Promise<void>, onInterrupt: OnInterrupt): Promise<void> {
    this.#resting += 1;
    await wait.finally(() => (this.#resting -= 1));
    if (this.#isClosed && !this.#isStopped) await this.pass(onInterrupt);
  }

  /**
   * Waits for the turn of a suspect. Undefined if the suspect is interrupted before its turn.
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

  /** Lets no further message begin. Messages that wait here are left to a later process. */
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
   * Suspects that never ran alone come first, because nothing is known about them. Among these, and among the others,
   * the suspect during which the daemon ended most often comes first.
   */
  #next(): Candidate | undefined {
    const [next] = this.#candidates.toSorted((a, b) => Number(a.wasAlone) - Number(b.wasAlone) || b.ends - a.ends);
    if (next !== undefined) this.#candidates.splice(this.#candidates.indexOf(next), 1);
    return next;
  }

  /**
   * Resolves to true when no message runs: all wait here, or for their next run. Resolves to false if this takes too
   * long.
   */
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
