/** A QR code as three paths in units of one module: dots, and the rings and eyes of the three corners. */
export interface QrPaths {
  readonly size: number;
  readonly dots: string;
  readonly rings: string;
  readonly eyes: string;
}

const finder = 7;
const radius = 0.43;
/** The share of the side that stays free in the middle, more or less: 5 to 8 % of the area of an address, where a quarter may be lost. */
const middle = 0.2;

export function pathsOf(modules: readonly (readonly boolean[])[]): QrPaths {
  const size = modules.length;
  const corners = [
    [0, 0],
    [size - finder, 0],
    [0, size - finder],
  ] as const;
  const inCorner = (x: number, y: number): boolean =>
    corners.some(([left, top]) => x >= left && x < left + finder && y >= top && y < top + finder);
  const half = Math.ceil((size * middle) / 2);
  const centre = (size - 1) / 2;
  const inMiddle = (x: number, y: number): boolean => Math.abs(x - centre) <= half && Math.abs(y - centre) <= half;

  let dots = "";
  modules.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark && !inCorner(x, y) && !inMiddle(x, y)) dots += dot(x + 0.5, y + 0.5);
    });
  });
  const rings = corners.map(([x, y]) => square(x + 0.5, y + 0.5, finder - 1, 1.75)).join("");
  const eyes = corners.map(([x, y]) => square(x + 2, y + 2, finder - 4, 0.9)).join("");
  return { size, dots, rings, eyes };
}

const dot = (x: number, y: number): string =>
  `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;

/** A square with round corners, from its upper left. */
function square(x: number, y: number, side: number, round: number): string {
  const edge = side - 2 * round;
  return (
    `M${x + round} ${y}h${edge}a${round} ${round} 0 0 1 ${round} ${round}v${edge}` +
    `a${round} ${round} 0 0 1 ${-round} ${round}h${-edge}a${round} ${round} 0 0 1 ${-round} ${-round}v${-edge}` +
    `a${round} ${round} 0 0 1 ${round} ${-round}z`
  );
}
