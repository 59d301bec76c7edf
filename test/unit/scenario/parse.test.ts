import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scenarioBytesMax, stepCountMax } from '../../../src/model/limits.ts';
import type { Problem } from '../../../src/model/problem.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { goodScenario, systems, withLine } from './good-scenario.ts';

function problemsOf(text: string): readonly Problem[] {
  const outcome = parseScenario(text, systems);
  return outcome.ok ? [] : outcome.problems;
}

const places = (text: string): string[] =>
  problemsOf(text).map(({ code, line, column }) => `${code} ${line}:${column}`);

describe('a good scenario', () => {
  const outcome = parseScenario(goodScenario, systems);
  const scenario = outcome.ok ? outcome.value : undefined;

  test('is read without problems', () => {
    expect(outcome).toMatchObject({ ok: true });
  });
  test('keeps its steps in order, with defaults and lines', () => {
    expect(scenario?.steps).toEqual([
      {
        verb: 'write',
        to: 'thesis',
        text: 'Two',
        append: true,
        how: 'temp-fsync-rename',
        line: 12,
      },
      { verb: 'update', to: 'v2', label: 'the-update', line: 13 },
      {
        verb: 'fault',
        fault: 'power-loss',
        during: 'the-update',
        moment: { kind: 'at', at: { kind: 'share', percent: 41 } },
        line: 15,
      },
      { verb: 'reboot', how: 'forced', line: 18 },
    ]);
  });
  test('has page words spelled out as classes', () => {
    expect(scenario?.expect[0]?.boot).toEqual(['old', 'mixed-ok', 'broken-mixed']);
  });
  test('has fates by datum and axis', () => {
    expect(scenario?.expect[1]).toMatchObject({
      on: 'all',
      data: { thesis: { content: ['updated', 'reverted'] } },
      line: 23,
    });
  });
  test('has a digest that changes with its text', () => {
    const other = parseScenario(goodScenario.replace('Two', 'Too'), systems);
    expect(other.ok && other.value.digest).not.toBe(scenario?.digest);
  });
});

const lineBreak = goodScenario.split('\n').length;
const oneMistake: readonly (readonly [string, string, string])[] = [
  ['a wrong key', withLine(11, 'stpes:'), 'unknown-key 11:1'],
  ['a wrong verb', withLine(13, '  - updte: v2'), 'unknown-key 13:5'],
  ['a missing key', withLine(24), 'missing-key 1:1'],
  ['a tab', withLine(14, '\tlabel: the-update'), 'tab 14:1'],
  ['an unquoted colon', withLine(2, 'title: The power: it fails'), 'unquoted-colon 2:8'],
  ['an unquoted colon in braces', withLine(12, '  - write: { to: a: b }'), 'unquoted-colon 12:18'],
  ['a reserved character', withLine(2, 'title: @home'), 'quote-needed 2:8'],
  ['a key twice', `${goodScenario}title: Again\n`, `duplicate-key ${lineBreak}:1`],
  ['a number for a text', withLine(2, 'title: 12'), 'wrong-type 2:8'],
  ['a text for a number', withLine(6, 'level: high'), 'wrong-type 6:8'],
  ['a level out of range', withLine(6, 'level: 4'), 'out-of-range 6:8'],
  ['an empty value', withLine(2, 'title:'), 'wrong-type 2:7'],
  ['a text for a list', withLine(5, 'tests: drift'), 'wrong-type 5:8'],
  ['a text for steps', withLine(18, '  - reboot'), 'wrong-type 18:5'],
  ['an unknown belief', withLine(5, 'tests: [no-drifd]'), 'unknown-word 5:9'],
  ['an id with a space', withLine(1, 'id: My Story'), 'bad-format 1:5'],
  [
    'two verbs in a step',
    withLine(14, '    label: the-update\n    wait: 3 s'),
    'several-verbs 15:5',
  ],
  [
    'an unknown system',
    withLine(22, '  - { on: [debain], boot: [old], because: x }'),
    'unknown-system 22:12',
  ],
  ['an unknown label', withLine(16, '    during: the-updat'), 'unknown-label 16:13'],
  [
    'an unknown datum',
    withLine(12, '  - write: { to: thesi, append: Two }'),
    'unknown-datum 12:18',
  ],
  [
    'an unknown outcome',
    withLine(22, '  - { on: all, boot: [odl], because: x }'),
    'unknown-word 22:23',
  ],
  [
    'an unknown fate',
    withLine(23, '  - { on: all, data.thesis.content: [gone], because: x }'),
    'unknown-word 23:38',
  ],
  [
    'an unknown axis',
    withLine(23, '  - { on: all, data.thesis.colour: [red], because: x }'),
    'unknown-key 23:16',
  ],
  [
    'an expectation of nothing',
    withLine(23, '  - { on: all, because: x }'),
    'empty-expectation 23:5',
  ],
  [
    'occurs beyond boot',
    withLine(22, '  - { on: all, boot: [old], occurs: [new], because: x }'),
    'contradiction 22:37',
  ],
  [
    'a variant that is none',
    withLine(22, '  - { on: all, in: [late], boot: [old], because: x }'),
    'unknown-variant 22:21',
  ],
  ['a share above 100 %', withLine(17, '    at: 141%'), 'out-of-range 17:9'],
  ['a negative share', withLine(17, '    at: -3%'), 'out-of-range 17:9'],
  ['an unreadable time', withLine(17, '    at: 41 percent'), 'bad-time 17:9'],
  ['a wait without a unit', withLine(18, '  - wait: 3'), 'wrong-type 18:11'],
  ['a wait in weeks', withLine(18, '  - wait: 3 weeks'), 'bad-format 18:11'],
  ['at and search', withLine(17, '    at: 41%\n    search: every-op'), 'at-and-search 18:5'],
  ['neither at nor search', withLine(17), 'at-or-search 15:5'],
  ['a fault during nothing', withLine(16), 'missing-key 15:5'],
  [
    'at beside another verb',
    withLine(14, '    label: the-update\n    at: 3 s'),
    'misplaced-modifier 15:5',
  ],
  [
    'a seed where nothing is searched',
    withLine(14, '    label: the-update\n    seed: 3'),
    'misplaced-modifier 15:5',
  ],
  [
    'a program that keeps an unknown datum',
    withLine(
      6,
      'level: 1\nprograms: [{ id: ledger, label: L, data: recrods, formats: { v1: 1, v2: 2 } }]',
    ),
    'unknown-datum 7:42',
  ],
  [
    'a program with data in no format',
    withLine(
      6,
      'level: 1\nprograms: [{ id: ledger, label: L, data: thesis, formats: { v1: 1, v2: 2 } }]',
    ),
    'no-format 7:42',
  ],
  [
    'a file system that no installer offers',
    withLine(6, 'level: 1\nmachine: { file-system: zfs }'),
    'unknown-word 7:25',
  ],
  ['an attack in one word', withLine(18, '  - attack: theft'), 'wrong-type 18:13'],
  ['an attack on nothing', withLine(18, '  - attack: {}'), 'no-attack 18:13'],
  [
    'an attack on an unknown datum',
    withLine(18, '  - attack: { read: [thesi] }'),
    'unknown-datum 18:22',
  ],
  [
    'permissions of a program without a sandbox',
    withLine(18, '  - attack: { read: [thesis], permissions: [home] }'),
    'misplaced-modifier 18:44',
  ],
  [
    'somebody behind a wait',
    withLine(18, '  - wait: 3 s\n    by: user-program'),
    'misplaced-modifier 19:5',
  ],
  ['a change of nothing', withLine(18, '  - change: {}'), 'no-change 18:13'],
  [
    'two changes at once',
    withLine(18, '  - change: { install: nano, remove: less }'),
    'several-changes 18:13',
  ],
  ['an edit without a text', withLine(18, '  - change: { edit: thesis }'), 'text-or-append 18:13'],
  ['a bit of no file', withLine(18, '  - fault: bit-flip'), 'missing-key 18:5'],
  [
    'a bit of an unknown datum',
    withLine(18, '  - fault: bit-flip\n    file: photo'),
    'unknown-datum 19:11',
  ],
  ['a theft at a time', withLine(18, '  - fault: theft\n    at: 3 s'), 'misplaced-modifier 19:5'],
  [
    'a bad release without its name',
    withLine(18, '  - fault: bad-release\n    during: the-update'),
    'missing-key 18:5',
  ],
  [
    'a full disk at no time',
    withLine(18, '  - fault: disk-full\n    during: the-update'),
    'missing-key 18:5',
  ],
  [
    'two things that vary',
    goodScenario.replace(
      'variants:\n  - { id: early, label: early, at: 10% }',
      'vary: { luks: [true], esp: [mounted] }',
    ),
    'vary-one-thing 9:7',
  ],
  [
    'a repeated step with two verbs',
    withLine(18, '  - repeat: { times: 2, steps: [{ wait: 3 s, rollback: previous }] }'),
    'several-verbs 18:46',
  ],
  [
    'a drive of no such kind',
    withLine(6, 'level: 1\nmachine: { drive: ssd }'),
    'unknown-word 7:19',
  ],
  [
    'text and append',
    withLine(12, '  - write: { to: thesis, text: a, append: b }'),
    'text-or-append 12:12',
  ],
  [
    'a whole text by append',
    withLine(12, '  - write: { to: thesis, text: a, how: log }'),
    'contradiction 12:40',
  ],
  [
    'a relative path',
    withLine(8, '  - { id: thesis, kind: document, path: thesis.txt, text: One }'),
    'bad-path 8:41',
  ],
  [
    'a datum called like a kind of data',
    goodScenario.replace(
      'variants:',
      '  - { id: document, kind: secret, path: ~/k, text: x }\nvariants:',
    ),
    'reserved-id 9:11',
  ],
  ['an alias of nothing', withLine(2, 'title: *star'), 'alias 2:8'],
  ['a tag', withLine(2, 'title: !loud Hello'), 'tag 2:8'],
  ['a list as a key', withLine(2, '? [title]\n: Hello'), 'bad-key 2:3'],
  ['a second document', `${goodScenario}---\nid: other\n`, `several-documents ${lineBreak}:1`],
  ['nothing at all', '', 'empty 1:1'],
  ['only a comment', '# later\n', 'empty 1:1'],
  ['a list', '- one\n- two\n', 'not-a-mapping 1:1'],
  ['one word', 'hello', 'not-a-mapping 1:1'],
  ['a picture', 'id: x\n\u0089PNG\u0000\u0001', 'binary 2:5'],
  ['10 MB', `id: x\nstory: ${'a'.repeat(10_000_000)}\n`, 'too-large 1:1'],
  ['wide characters beyond the bound', 'ä'.repeat(scenarioBytesMax / 2 + 1), 'too-large 1:1'],
  ['deep brackets', `id: ${'['.repeat(100_000)}`, 'too-deep 1:'],
  ['deep hyphens', `id:\n ${'- '.repeat(50)}x`, 'too-deep 2:'],
];

describe('one mistake is one problem at its place', () => {
  test.each(oneMistake)('%s', (_, text, expected) => {
    const found = places(text);
    expect(found.length === 0 ? ['none'] : found).toEqual([
      expected.endsWith(':') ? (expect.stringContaining(expected) as string) : expected,
    ]);
  });
});

const names = (letter: string): string => `[${Array(9).fill(`*${letter}`).join(', ')}]`;
const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi']
  .map((letter, index) => `${letter}: &${letter} ${names('abcdefghi'[index] ?? 'a')}\n`)
  .join('')}`;

describe('YAML that would grow is refused', () => {
  test('a bomb of aliases', () => expect(places(bomb)).toEqual(['alias-bomb 1:1']));
  test('a value that contains itself', () => {
    expect(places('id: &loop [*loop]\n')).toEqual(['alias-bomb 1:1']);
  });
  test('a few aliases are welcome', () => {
    const text = withLine(3, 'story: &words The power fails.').replace('To know.', '*words');
    expect(parseScenario(text, systems)).toMatchObject({ ok: true });
  });
});

const fixes: readonly (readonly [string, string, string])[] = [
  ['a wrong key', withLine(11, 'stpes:'), 'Did you mean "steps"?'],
  ['a wrong verb', withLine(13, '  - updte: v2'), 'Did you mean "update"?'],
  [
    'a wrong system',
    withLine(22, '  - { on: [debain], boot: [old], because: x }'),
    'Did you mean "debian"?',
  ],
  ['a wrong label', withLine(16, '    during: the-updat'), 'Did you mean "the-update"?'],
  ['a tab', withLine(14, '\tlabel: the-update'), 'Replace the tab by spaces.'],
  [
    'an unquoted colon',
    withLine(2, 'title: The power: it fails'),
    'Write title: "The power: it fails"',
  ],
  ['a number', withLine(2, 'title: 12'), 'Put it into quotation marks: "12"'],
];

test.each(fixes)('the fix for %s is said', (_, text, fix) => {
  expect(problemsOf(text)[0]?.fix).toBe(fix);
});

test('a value without quotation marks does not hide what is wrong elsewhere', () => {
  const text = withLine(2, 'title: The power: it fails').replace('level: 1', 'level: 9');
  expect(places(text)).toEqual(['unquoted-colon 2:8', 'out-of-range 6:8']);
});

test('one mistake does not hide the others', () => {
  const text = withLine(11, 'stpes:')
    .replace('level: 1', 'level: 9')
    .replace('[debian]', '[debain]');
  expect(places(text)).toEqual(['out-of-range 6:8', 'unknown-key 11:1', 'unknown-system 22:12']);
});

test('a tab on several lines is found on each', () => {
  const text = withLine(14, '\tlabel: the-update').replace('    at: 41%', '\tat: 41%');
  expect(places(text)).toEqual(['tab 14:1', 'tab 17:1']);
});

test('ids and labels name one thing each', () => {
  const text = goodScenario
    .replace('  - reboot: forced', '  - reboot: forced\n    label: the-update')
    .replace('variants:', '  - { id: thesis, kind: document, path: ~/b, text: x }\nvariants:');
  expect(places(text)).toEqual(['duplicate-id 9:11', 'duplicate-id 20:12']);
});

test('more steps than a story can have are refused', () => {
  const many = '  - wait: 1 s\n'.repeat(stepCountMax);
  const text = goodScenario.replace('  - reboot: forced\n', `  - reboot: forced\n${many}`);
  expect(places(text)).toEqual(['out-of-range 12:3']);
});

const fill = (unit: (index: number) => string): string =>
  Array.from({ length: 20_000 }, (_, index) => unit(index)).join('');

test.each([
  ['keys that nobody knows', goodScenario + fill((index) => `k${index}: 1\n`)],
  ['steps without a verb', goodScenario.replace('ask:', `${fill(() => '  - as: a\n')}ask:`)],
  ['systems that nobody knows', goodScenario.replace('[debian]', `[${fill(() => 'debain, ')}x]`)],
  ['keys twice', goodScenario + fill(() => 'a: 1\n')],
  ['colons without end', goodScenario + fill(() => 'a: b: c\n')],
])('twenty thousand %s are told in a hundred problems', (_, text) => {
  expect(problemsOf(text)).toHaveLength(101);
});

test('the list of problems has an end', () => {
  const wrong = Array.from({ length: 500 }, (_, index) => `wrong${index}: 1\n`).join('');
  const problems = problemsOf(goodScenario + wrong);
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)?.code).toBe('more');
});

test('text that looks like HTML stays text', () => {
  const outcome = parseScenario(withLine(2, 'title: <b onclick="x()">Hi</b>'), systems);
  expect(outcome.ok && outcome.value.title).toBe('<b onclick="x()">Hi</b>');
});

test('words of the language of objects are words like others', () => {
  for (const word of ['constructor', 'toString', 'hasOwnProperty']) {
    expect(places(`${goodScenario}${word}: 1\n`)).toEqual([`unknown-key ${lineBreak}:1`]);
  }
  expect(places(`${goodScenario}__proto__: 1\n`)).toEqual([`bad-key ${lineBreak}:1`]);
});

const damage = fc.record({
  at: fc.nat(goodScenario.length),
  remove: fc.nat(12),
  insert: fc.oneof(
    fc.constantFrom(
      '\t',
      ': ',
      '- ',
      '\n',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '&a ',
      '*a ',
      '!x ',
      '|',
      '>',
      '#',
      '%',
      '\u0000',
      '<<: ',
      '__proto__: ',
    ),
    fc.string({ maxLength: 8, unit: 'binary' }),
  ),
});

test('whatever is done to a scenario, it is read or its problems are told', () => {
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (damages) => {
      const text = damages.reduce(
        (before, { at, remove, insert }) =>
          before.slice(0, at) + insert + before.slice(at + remove),
        goodScenario,
      );
      const outcome = parseScenario(text, systems);
      if (outcome.ok) return;
      expect(outcome.problems.length).toBeGreaterThan(0);
      for (const { line, column, text: words, code } of outcome.problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(words).not.toBe('');
        expect(code).not.toBe('');
      }
    }),
    { numRuns: 400 },
  );
});

test('a power cut may strike the shutdown of a restart that comes right before it', () => {
  expect(places(goodScenario.replace('update: v2', 'reboot: clean'))).toEqual([]);
});

describe('a fault that cannot strike is refused, with its place', () => {
  const interrupt = (line: string): string =>
    withLine(17, line)
      .replace('fault: power-loss', 'fault: interrupt')
      .replace('at: 10%', 'at: 1 s');

  test.each([
    ['an interrupt that is searched', interrupt('    search: every-op'), 'interrupt-search 17:5'],
    ['an interrupt at a share', interrupt('    at: 41%'), 'interrupt-time 17:9'],
    ['an interrupt at the commit point', interrupt('    at: commit'), 'interrupt-time 17:9'],
    [
      'a variant that moves an interrupt to a share',
      interrupt('    at: 3 s').replace('at: 1 s', 'at: 10%'),
      'interrupt-time 10:36',
    ],
    [
      'a cut of a restart without a shutdown',
      goodScenario.replace('update: v2', 'reboot: forced'),
      'cannot-strike 16:13',
    ],
    [
      'a cut of what ran before a restart',
      goodScenario.replace('  - fault:', '  - reboot: clean\n  - fault:'),
      'struck-too-late 17:13',
    ],
  ])('%s', (_name, text, place) => {
    expect(places(text)).toEqual([place]);
    for (const { why, fix } of problemsOf(text)) expect([why, fix]).not.toContain(undefined);
  });

  test('an interrupt after a time is not', () => {
    expect(places(interrupt('    at: 3 s'))).toEqual([]);
  });
});
