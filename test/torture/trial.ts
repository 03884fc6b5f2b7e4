/** What a section of the torture is given, and what it tells. */

export interface Trial {
  /** Every choice comes from it. */
  readonly seed: number;
  readonly seconds: number;
  /** An empty folder of the section's own; whoever made it removes it. */
  readonly scratch: string;
  /** Says on stderr how far it got. */
  readonly say: (line: string) => void;
}

export interface Row {
  readonly name: string;
  readonly value: number | string;
  readonly unit?: string;
  /** What the value must be, in words, and whether it is. */
  readonly bar?: string;
  readonly met?: boolean;
}
