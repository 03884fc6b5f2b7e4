/** Text of files and their names where the editor would read icons and links out of it. */
import { visible } from '../core/visible.ts';

/** Between the characters that begin `$(icon)`, and those in the middle of `[text](command:id)`. */
const inMarkup = /(?<=\$)(?=\()|(?<=\])(?=\()/g;
const nothingWide = '\u200b';

/** The text as it stands in labels, notifications and dialogs: a file named as a link or an icon shows its name. */
export function plain(text: string): string {
  return visible(text).replace(inMarkup, nothingWide);
}
