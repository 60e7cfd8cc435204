/* Puts the list of suggestions under its field, or over it where there is more room. */

const GAP = 4;
const LOWEST = 120;
const HIGHEST = 320;
const NARROWEST = 220;

export function place(list, input) {
  const field = input.getBoundingClientRect();
  const below = innerHeight - field.bottom - 2 * GAP;
  const above = field.top - 2 * GAP;
  const isBelow = below >= Math.min(LOWEST, above) || below >= above;
  const width = Math.min(Math.max(field.width, NARROWEST), innerWidth - 2 * GAP);
  list.style.width = `${width}px`;
  list.style.maxHeight = `${Math.min(HIGHEST, isBelow ? below : above)}px`;
  list.style.left = `${Math.max(GAP, Math.min(field.left, innerWidth - width - GAP))}px`;
  list.style.top = isBelow ? `${field.bottom + GAP}px` : "auto";
  list.style.bottom = isBelow ? "auto" : `${innerHeight - field.top + GAP}px`;
}
