/** The results of the search view, of which only those near the ones in sight are in the page. */
import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';

interface Scrolled {
  scrollTop: number;
}

/** More than a frame, after which the rows have followed. */
const frameMs = 50;

/** Scrolls through the results until `row` is there. */
export async function scrollTo(view: FrameLocator, row: Locator): Promise<void> {
  const tree = view.locator('#tree');
  for (let top = 0; (await row.count()) === 0; top += 300) {
    const reached = await tree.evaluate(
      async (element, { top, frameMs }) => {
        const scrolled = element as unknown as Scrolled;
        scrolled.scrollTop = top;
        await new Promise((done) => setTimeout(done, frameMs));
        return scrolled.scrollTop;
      },
      { top, frameMs },
    );
    assert.ok(reached >= top - 1, `${row.toString()} is not among the results`);
  }
}
