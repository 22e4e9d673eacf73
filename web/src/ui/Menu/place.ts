/** What a menu opens at: a point, or the edges of a thing. */
export interface MenuAnchor {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const margin = 8;

/**
 * Where a menu goes: below its anchor and in line with its start, else above, else where there is room; always within the
 * window. `origin` is the corner that it grows from.
 */
export function placeOf(
  anchor: MenuAnchor,
  menu: Size,
  viewport: Size,
): { readonly left: number; readonly top: number; readonly origin: string } {
  const within = (value: number, size: number, whole: number): number =>
    Math.max(margin, Math.min(value, whole - size - margin));
  const fitsToTheRight = anchor.left + menu.width + margin <= viewport.width;
  const fitsBelow = anchor.bottom + menu.height + margin <= viewport.height;
  const left = within(fitsToTheRight ? anchor.left : anchor.right - menu.width, menu.width, viewport.width);
  const top = within(fitsBelow ? anchor.bottom : anchor.top - menu.height, menu.height, viewport.height);
  return { left, top, origin: `${fitsBelow ? "top" : "bottom"} ${fitsToTheRight ? "left" : "right"}` };
}

export const anchorAt = (x: number, y: number): MenuAnchor => ({ left: x, right: x, top: y, bottom: y });
