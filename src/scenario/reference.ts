/** The reference of the language, in Markdown, from the schema. */
import { scenarioJsonSchema, type JsonSchemaPart } from './json-schema.ts';
import { fateWords, outcomeWords, verbs } from './vocabulary.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const patternWords: { readonly [start: string]: string } = {
  '^[a-z0-9]': 'small letters, digits, hyphens',
  '^(\\d+': 'a time: `5 s`, `1500 ms`, `2 min`',
};

function typeOf(part: JsonSchemaPart): string {
  if (part.enum !== undefined) return part.enum.map((word) => `\`${word}\``).join(', ');
  if (part.const !== undefined) return `\`${part.const}\``;
  if (part.anyOf !== undefined) return part.anyOf.map(typeOf).join(' or ');
  if (part.type === 'array') {
    return part.items?.properties === undefined
      ? `list of ${typeOf(part.items ?? {})}`
      : 'list, see below';
  }
  if (part.type === 'object') return part.properties === undefined ? 'key: text' : 'see below';
  const { pattern } = part;
  const start = Object.keys(patternWords).find((words) => pattern?.startsWith(words));
  if (start !== undefined) return patternWords[start] ?? '';
  if (part.type === 'boolean') return '`true`, `false`';
  return part.type === 'integer' ? 'whole number' : part.type === 'string' ? 'text' : 'anything';
}

function table(part: JsonSchemaPart): string {
  const required = part.required ?? [];
  const rows = Object.entries(part.properties ?? {}).map(([key, value]) => {
    const need = required.includes(key) ? 'yes' : '';
    return `| \`${key}\` | ${need} | ${cell(typeOf(value))} | ${cell(value.description ?? '')} |`;
  });
  return ['| key | needed | value | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function outcomeTable(): string {
  const rows = Object.entries(outcomeWords).map(
    ([word, classes]) => `| \`${word}\` | ${classes.map((name) => `\`${name}\``).join(', ')} |`,
  );
  return ['| word | classes |', '| --- | --- |', ...rows].join('\n');
}

function fateTable(): string {
  const rows = Object.entries(fateWords).map(
    ([axis, fates]) => `| \`${axis}\` | ${fates.map((fate) => `\`${fate}\``).join(', ')} |`,
  );
  return ['| axis | fates |', '| --- | --- |', ...rows].join('\n');
}

const introduction = `# Scenarios

One YAML file is one scenario: a story that is told on several systems, what is asked before, and what must come out.
The file is called like its \`id\`. Mistakes are reported with line, column, and the nearest right word.

This page is made from the schema in \`src/scenario/schema.ts\`; a test compares them.`;

/** The text of scenarios/README.md. */
export function referenceMarkdown(): string {
  const root = scenarioJsonSchema();
  const { data, machine, vary, variants, steps, ask, expect } = root.properties ?? {};
  const step = steps?.items ?? {};
  const verbList = Object.keys(verbs).map((verb) => `\`${verb}\``);
  const sections: readonly (readonly [string, string])[] = [
    ['The file', table(root)],
    ['`data`', table(data?.items ?? {})],
    ['`machine`', table(machine ?? {})],
    ['`variants`', table(variants?.items ?? {})],
    ['`vary`', `Exactly one key, instead of \`variants\`.\n\n${table(vary ?? {})}`],
    [
      '`steps`',
      `Each step has exactly one verb (${verbList.join(', ')}); the other keys modify it. A power loss has \`during\`, and either \`at\` or \`search\`; which keys another fault has says its line.\n\n${table(step)}`,
    ],
    ['`write`', table(step.properties?.['write'] ?? {})],
    ['`change`', table(step.properties?.['change'] ?? {})],
    ['`attack`', table(step.properties?.['attack'] ?? {})],
    ['`repeat`', table(step.properties?.['repeat'] ?? {})],
    ['`ask`', table(ask?.items ?? {})],
    [
      '`expect`',
      `${table(expect?.items ?? {})}\n\nBeside these, keys such as \`data.thesis.content\` list the fates that may occur. The name in the middle is the id of a datum, or a kind of data that every system has.\n\n${fateTable()}`,
    ],
    ['Words for what becomes of a machine', outcomeTable()],
  ];
  const body = sections.map(([title, text]) => `## ${title}\n\n${text}`);
  return `${[introduction, ...body].join('\n\n')}\n`;
}
