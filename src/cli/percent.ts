/** A share as a percentage that rounds to all or nothing only where it is that. */
export function percent(share: number): string {
  const value = share * 100;
  if (share > 0 && value < 0.05) return 'under 0.1 %';
  if (share < 1 && value >= 99.5) return 'over 99 %';
  if (share < 1 && value >= 99.95) return 'over 99.9 %';
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}
