/** Reading scenarios, apart from running them: the parser is loaded only when there is something to read. */
export { parseScenario } from '../scenario/parse.ts';
