/** Pieces that the schemas are put together from, each with the sentence that the reference shows. */
import * as z from 'zod/mini';
import { durationPattern } from './duration.ts';

/** Descriptions of the parts of the schema, in sentences; they appear in the reference and in editors. */
export const descriptions = z.registry<{ description: string }>();

/** A schema with its sentence. */
export function described<Type extends z.core.$ZodType>(schema: Type, description: string): Type {
  descriptions.add(schema, { description });
  return schema;
}

/** Ids and labels: small letters, digits and hyphens. */
export const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A text that is not empty. */
export const text = (description: string) =>
  described(z.string().check(z.minLength(1)), description);

/** An id or a label. */
export const id = (description: string) =>
  described(z.string().check(z.regex(idPattern)), description);

/** A key that may be left out. */
export const maybe = <Type extends z.core.$ZodType>(schema: Type) => z.optional(schema);

/** A list of words from a table. */
export const words = <const Word extends string>(list: readonly Word[]) => z.array(z.enum(list));

/** A length of time. */
export const time = (description: string) =>
  described(z.string().check(z.regex(durationPattern)), description);

/** An instant within a step. */
export const instant = (description: string) =>
  described(
    z.string().check(z.minLength(1)),
    `${description} \`41%\`, \`3 s\`, \`commit\`, or the label of a stage.`,
  );

/** Some systems, or all. */
export const systems = (description: string) =>
  described(z.union([z.literal('all'), z.array(z.string()).check(z.minLength(1))]), description);
