/** The lecture on every classic case, as a teacher would read it, and nothing wider than a terminal. */
import { describe, expect, test } from 'vitest';
import { lectureFor, lectureText } from '../../../src/cli/explain.ts';
import { cases } from '../../../src/engine/explain/explain.ts';

function textOf(id: string): string {
  const lecture = lectureFor(id);
  if (!lecture.ok) throw new Error(JSON.stringify(lecture.problems));
  return lectureText(lecture.value);
}

describe.each(cases.map(({ id }) => id))('the lecture on %s', (id) => {
  test('reads as it did', async () => {
    await expect(`${textOf(id)}\n`).toMatchFileSnapshot(`${id}.txt`);
  });

  test('fits into 80 columns, but for addresses', () => {
    const wide = textOf(id)
      .split('\n')
      .filter((line) => line.length > 80 && !line.includes('https://'));
    expect(wide).toEqual([]);
  });
});
