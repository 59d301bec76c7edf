/** Colours of exported pictures: the light palette of the page, with patterns where the page has them. */
import type { LaneKind } from './lanes.ts';
import type { Mark } from './words.ts';

/** Neutrals. */
export const fill = { ink: '#1d2026', soft: '#565c67', paper: '#ffffff', well: '#f1efea' } as const;

/** A fill and its outline. */
export interface MarkColour {
  readonly colour: string;
  readonly outline: string;
}

const plain = (colour: string): MarkColour => ({ colour, outline: colour });

/** The colours of the marks. */
export const markColours: { readonly [mark in Mark]: MarkColour } = {
  intact: { colour: '#bcd9d3', outline: '#3f857b' },
  updated: plain('#2b6fcb'),
  reverted: plain('#5b2aa8'),
  mixed: plain('#b07a00'),
  torn: plain('#a3300c'),
  lost: plain('#3e0839'),
  locked: { colour: fill.paper, outline: '#7b828c' },
  stop: plain('#a3300c'),
  unknown: { colour: 'url(#dots)', outline: '#7b828c' },
};

/** How a piece of a lane is filled, and what share of its height. */
export const paint: {
  readonly [kind in LaneKind]: { readonly colour: string; readonly height: number };
} = {
  old: { colour: '#bcd9d3', height: 1 },
  new: { colour: '#2b6fcb', height: 1 },
  half: { colour: '#b07a00', height: 0.5 },
  damaged: { colour: 'url(#notches)', height: 0.75 },
  dead: { colour: 'url(#hatching)', height: 1 },
  unknown: { colour: 'url(#dots)', height: 1 },
};

/** Definitions of the patterns; grey prints keep them apart. */
export const patterns = [
  '<defs>',
  '<pattern id="hatching" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/><rect width="2.4" height="6" fill="#a3300c"/></pattern>',
  '<pattern id="notches" width="7" height="6" patternUnits="userSpaceOnUse"><rect width="7" height="6" fill="#f1efea"/><rect width="5" height="6" fill="#a3300c"/></pattern>',
  '<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#f1efea"/><circle cx="2.5" cy="2.5" r="1.1" fill="#7b828c"/></pattern>',
  '</defs>',
].join('');
