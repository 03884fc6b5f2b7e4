/** The results of the search view, of which only those near the ones in sight are in the page. */
import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';

/** Scrolls through the results until `row` is there. */
export async function scrollTo(view: FrameLocator, row: Locator): Promise<void> {
  const tree = view.locator('#tree');
  for (let top = 0; (await row.count()) === 0; top += 300) {
    // The rows follow the scroll event, which comes with the next frame.
    const atEnd = await tree.evaluate(
      `async (tree, top) => {
      tree.scrollTop = top;
      await new Promise(requestAnimationFrame);
      return tree.scrollTop < top;
    }`,
      top,
    );
    assert.ok(!atEnd, `${row.toString()} is not among the results`);
  }
}
