/** The schema as JSON Schema, for the editors in which teachers write. */
import * as z from 'zod/mini';
import {
  datumKeyPattern,
  descriptions,
  expectationSchema,
  scenarioSchema,
  stepSchema,
} from './schema.ts';
import { verbs } from './vocabulary.ts';

/** A part of a JSON Schema, as far as the reference table reads it. */
export interface JsonSchemaPart {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly properties?: { readonly [key: string]: JsonSchemaPart };
  readonly required?: readonly string[];
  readonly items?: JsonSchemaPart;
  readonly anyOf?: readonly JsonSchemaPart[];
  readonly oneOf?: readonly JsonSchemaPart[];
  readonly patternProperties?: { readonly [pattern: string]: JsonSchemaPart };
}

/** JSON Schema (draft 2020-12) of a scenario file. */
export function scenarioJsonSchema(): JsonSchemaPart {
  const schema = z.toJSONSchema(scenarioSchema, {
    metadata: descriptions,
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === stepSchema) {
        jsonSchema.oneOf = Object.keys(verbs).map((verb) => ({ required: [verb] }));
      }
      if (zodSchema === expectationSchema) {
        const fates = jsonSchema.additionalProperties;
        if (typeof fates === 'object') {
          jsonSchema.patternProperties = { [datumKeyPattern.source]: fates };
        }
        jsonSchema.additionalProperties = false;
      }
    },
  });
  return { ...schema, title: 'What Survives: scenario' } as JsonSchemaPart;
}
