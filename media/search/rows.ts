/** Groups and results as one list of rows, each with its height and its place among its siblings. */
import type { Group, GroupHead, Item } from '../../src/vscode/view-messages.ts';
import type { Placed } from './virtual-list.ts';

interface Sibling extends Placed {
  /** Of a tree: 1 the outermost. */
  readonly level: number;
  /** From 1. */
  readonly position: number;
  readonly siblings: number;
}

export interface GroupRow extends Sibling {
  readonly type: 'group';
  readonly group: Group;
  readonly head: GroupHead;
  readonly open: boolean;
}

export interface ItemRow extends Sibling {
  readonly type: 'item';
  readonly group: Group;
  readonly item: Item;
}

export type Row = GroupRow | ItemRow;

/** Pixels; the same in the style sheet. */
const groupHeight = 22;
const headHeight = 22;
const lineHeight = 17;
const underLines = 5;

/** @param collapsed keys of groups that are closed */
export function rowsOf(groups: readonly Group[], collapsed: ReadonlySet<string>): Row[] {
  return groups.flatMap((group, i): Row[] => {
    const { key, head } = group;
    const open = !head || !collapsed.has(key);
    const headRow: Row[] = head
      ? [
          {
            type: 'group',
            key,
            height: groupHeight,
            level: 1,
            position: i + 1,
            siblings: groups.length,
            group,
            head,
            open,
          },
        ]
      : [];
    return open ? [...headRow, ...itemRows(group)] : headRow;
  });
}

function itemRows(group: Group): ItemRow[] {
  return group.items.map((item, j) => ({
    type: 'item',
    key: item.key,
    height: headHeight + (item.lines.length > 0 ? item.lines.length * lineHeight + underLines : 0),
    level: group.head ? 2 : 1,
    position: j + 1,
    siblings: group.items.length,
    group,
    item,
  }));
}
