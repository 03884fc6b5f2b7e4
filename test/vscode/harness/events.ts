/** What the extension host tells the process that started it while it runs the suite: one JSON line an event. */
export type SuiteEvent =
  | { readonly kind: 'suite'; readonly title: string; readonly depth: number }
  | { readonly kind: 'pass'; readonly title: string; readonly depth: number; readonly ms: number }
  | { readonly kind: 'skip'; readonly title: string; readonly depth: number }
  | { readonly kind: 'fail'; readonly title: string; readonly depth: number; readonly error: string }
  | { readonly kind: 'end' };

/** The environment variable with the path of the file that the lines are added to. */
export const eventsVariable = 'NEARBY_TEST_EVENTS';
/** The environment variable with a part of the titles to run; all when absent. */
export const grepVariable = 'NEARBY_TEST_GREP';
/** The environment variable that is set when the README's pictures are to be kept. */
export const picturesVariable = 'NEARBY_TEST_PICTURES';
