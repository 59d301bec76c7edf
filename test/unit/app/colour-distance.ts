/** Colours as eyes tell them apart: contrast, CIEDE2000, and three kinds of colour blindness. */

/** Red, green, blue in linear light, 0 to 1. */
export type LinearColour = readonly [number, number, number];

type Matrix = readonly [LinearColour, LinearColour, LinearColour];

/** Linear light of a colour written as #rgb or #rrggbb. */
export function linear(hex: string): LinearColour {
  const digits = hex.slice(1);
  const long = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const channel = (from: number): number => {
    const value = parseInt(long.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(0), channel(2), channel(4)];
}

function multiply(matrix: Matrix, [x, y, z]: LinearColour): LinearColour {
  const row = ([a, b, c]: LinearColour): number => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** Machado, Oliveira and Fernandes 2009, severity 1; doi 10.1109/TVCG.2009.113, table of matrices. */
export const visions: { readonly [name: string]: Matrix } = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The colour as someone with that vision sees it. */
export function seenWith(vision: Matrix, colour: LinearColour): LinearColour {
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  const [red, green, blue] = multiply(vision, colour);
  return [clip(red), clip(green), clip(blue)];
}

/** WCAG contrast, 1 to 21. */
export function contrast(one: LinearColour, other: LinearColour): number {
  const luminance = ([r, g, b]: LinearColour): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function lab(colour: LinearColour): LinearColour {
  const [x, y, z] = multiply(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    colour,
  );
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const degrees = (radians: number): number => ((radians * 180) / Math.PI + 360) % 360;
const cosine = (angle: number): number => Math.cos((angle * Math.PI) / 180);

function hueDifference(one: number, other: number): number {
  const raw = other - one;
  return raw > 180 ? raw - 360 : raw < -180 ? raw + 360 : raw;
}

/** CIEDE2000 between two colours; Sharma, Wu and Dalal 2005, doi 10.1002/col.20070. */
export function difference(one: LinearColour, other: LinearColour): number {
  const [l1, a1, b1] = lab(one);
  const [l2, a2, b2] = lab(other);
  const meanChroma = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const stretch = 1.5 - 0.5 * Math.sqrt(meanChroma ** 7 / (meanChroma ** 7 + 25 ** 7));
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const [h1, h2] = [degrees(Math.atan2(b1, a1 * stretch)), degrees(Math.atan2(b2, a2 * stretch))];
  const turn = c1 * c2 === 0 ? 0 : hueDifference(h1, h2);
  const [light, chroma] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const hue = c1 * c2 === 0 ? h1 + h2 : (h1 + turn / 2 + 360) % 360;
  const weight =
    1 -
    0.17 * cosine(hue - 30) +
    0.24 * cosine(2 * hue) +
    0.32 * cosine(3 * hue + 6) -
    0.2 * cosine(4 * hue - 63);
  const sl = 1 + (0.015 * (light - 50) ** 2) / Math.sqrt(20 + (light - 50) ** 2);
  const sc = 1 + 0.045 * chroma;
  const sh = 1 + 0.015 * chroma * weight;
  const rc = 2 * Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7));
  const rt = -Math.sin((2 * 30 * Math.exp(-(((hue - 275) / 25) ** 2)) * Math.PI) / 180) * rc;
  const dl = (l2 - l1) / sl;
  const dc = (c2 - c1) / sc;
  const dh = (2 * Math.sqrt(c1 * c2) * Math.sin((turn * Math.PI) / 360)) / sh;
  return Math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 + rt * dc * dh);
}
