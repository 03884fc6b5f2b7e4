/** Text of files and their names, shown so that none of it can pass for something else. */

/**
 * What a terminal obeys, what ends a line, and what turns round the text behind it: control characters but for tabs, and
 * those that embed, override or isolate a direction of writing. Its plain marks stay, for texts from right to left need them.
 */
const disguises = /[^\P{Cc}\t]|[\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * The text as one line, with what cannot be seen written out: `\u202e`, `\u001b`, `\n`. A terminal obeys none of it, and
 * all of it stands in the order in which it is read. In JSON it means the same as before.
 */
export function visible(text: string): string {
  return text.replace(disguises, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The same of a text of several lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
