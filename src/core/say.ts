/** What the engine says to people: in English, or in the language whose texts its process was given. */

/** Texts of a language by their English. */
export type Texts = Readonly<Record<string, string>>;

type Values = readonly (string | number)[];

/** A text that is put into words where it is read: another process may do so, in another language. Plain data. */
export interface Saying {
  /** In English, with {0} for the first of the values and so on. */
  readonly template: string;
  readonly values: Values;
}

let texts: Texts = {};

/** From now on this process says what it says in these texts; what they lack it says in English. */
export function speak(language: Texts): void {
  texts = language;
}

/** @param template a literal, so that a test finds those that are not translated */
export function say(template: string, ...values: Values): string {
  return spoken({ template, values });
}

/** @param template a literal, as that of `say` */
export function saying(template: string, ...values: Values): Saying {
  return { template, values };
}

export function spoken({ template, values }: Saying): string {
  return (texts[template] ?? template).replace(/\{(\d+)\}/g, (mark, at: string) => String(values[Number(at)] ?? mark));
}
