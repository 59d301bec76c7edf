/** Texts of the catalogue, each in a file of its own that is fetched when somebody wants to read it. */

const texts = import.meta.glob<string>('../../scenarios/*.yaml', {
  query: '?raw',
  import: 'default',
});

/** The YAML of a scenario that ships; an empty text for a name that none has. */
export async function scenarioText(id: string): Promise<string> {
  return (await texts[`../../scenarios/${id}.yaml`]?.()) ?? '';
}
