/** Text in the width of a terminal. */

/** Columns of a lecture. */
export const columns = 80;

/** Breaks a text into lines; those after the first begin with `hanging`. */
export function wrapped(text: string, first: string, hanging: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = hanging;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
