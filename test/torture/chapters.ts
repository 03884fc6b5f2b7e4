/** Small files of prose and code, each with words of its own. */
const subjects = ['rivers', 'bridges', 'lanterns', 'markets', 'harbours', 'orchards', 'clocks', 'kilns'];

/** @param from the number of the first; files with the same number are the same. @param edition tells texts of one file apart */
export function chapters(count: number, from = 0, edition = 0): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => chapter(from + i, edition)));
}

export function chapter(number: number, edition = 0): [path: string, text: string] {
  const subject = subjects[number % subjects.length] ?? '';
  const place = `town number ${number * 37 + edition * 1009}`;
  if (number % 3 === 0) {
    const text = `/** Counts the ${subject} of ${place}. */\nexport function count${number}x${edition}(town) {\n  return town.${subject}.length;\n}\n`;
    return [`src/chapter${number}.ts`, text.repeat(1 + (number % 2))];
  }
  const paragraph = `Chapter ${number} tells of the ${subject} of ${place}, and who built them. `;
  return [
    `docs/chapter-${number}.md`,
    `# About ${subject} ${number}\n\n${paragraph.repeat(6)}\n\n## In edition ${edition}\n\n${paragraph}\n`,
  ];
}
