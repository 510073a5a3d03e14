/** A word that can stand where the cursor is; shells that show descriptions show `describe` beside it. */
export interface Candidate {
  readonly value: string;
  readonly describe?: string | undefined;
  /** Of what has a time, in milliseconds since 1970: the newest stand first. */
  readonly at?: number | undefined;
}

/** Takes candidates as they come: those that come too late are not shown. */
export type Add = (candidates: readonly Candidate[]) => void;
