/** Faces and signs that are drawn from a name: no picture of anybody ships. */

const skies = ["#bcd9dc", "#f0d9a8", "#cfdcc0", "#d5cfe6", "#f3cdb5", "#c3d6ea"];
const skins = ["#f0cdb0", "#d9a67c", "#a9714b", "#7a4a2e", "#e6bb97"];
const hairs = ["#2b1d16", "#5a3420", "#8e5a2b", "#c9974f", "#3b3b41", "#b9b4ac"];
const clothes = ["#a64f2b", "#2f6f73", "#4f5f8f", "#6f7d3c", "#8a477d", "#345064"];

/** The same for a name each time; `salt` makes independent choices of it. */
function choice<T>(from: readonly T[], name: string, salt: number): T {
  let hash = 2166136261 ^ salt;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  hash ^= hash >>> 13;
  const found = from[(hash >>> 0) % from.length];
  if (found === undefined) throw new Error("nothing to choose from");
  return found;
}

/** The picture with this hash, as SVG: `face NAME` or `sign NAME`. */
export function drawn(hash: string): string {
  const [kind, ...rest] = hash.split(" ");
  const name = rest.join(" ");
  const inside = kind === "face" ? face(name) : sign(name);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">${inside}</svg>`;
}

function face(name: string): string {
  const [sky, skin, hair, shirt] = [
    choice(skies, name, 1),
    choice(skins, name, 2),
    choice(hairs, name, 3),
    choice(clothes, name, 4),
  ];
  const back = choice(
    [
      `<path d="M26 44c0-20 10-28 22-28s22 8 22 28v26H26z" fill="${hair}"/>`,
      `<path d="M28 42c0-16 8-25 20-25s20 9 20 25v8H28z" fill="${hair}"/>`,
      `<circle cx="48" cy="14" r="9" fill="${hair}"/><path d="M28 42c0-16 8-24 20-24s20 8 20 24v6H28z" fill="${hair}"/>`,
    ],
    name,
    5,
  );
  const fringe = choice(
    [
      `<path d="M30 42c4-2 10-6 12-12 4 7 14 10 24 11-1-13-8-20-18-20s-18 8-18 21z" fill="${hair}"/>`,
      `<path d="M30 38c8 1 22-2 28-10 4 4 8 7 8 11 0-12-8-19-18-19s-18 7-18 18z" fill="${hair}"/>`,
    ],
    name,
    6,
  );
  const glasses = choice(
    [
      "",
      "",
      `<g fill="none" stroke="#26323a" stroke-width="1.6"><circle cx="40.5" cy="45" r="5"/><circle cx="55.5" cy="45" r="5"/><path d="M45.5 45h5"/></g>`,
    ],
    name,
    7,
  );
  return (
    `<rect width="96" height="96" fill="${sky}"/>${back}` +
    `<path d="M14 98c2-20 16-26 34-26s32 6 34 26z" fill="${shirt}"/><path d="M41 60h14v14q-7 6-14 0z" fill="${skin}"/>` +
    `<path d="M31 42c0-13 7-19 17-19s17 6 17 19c0 14-7 24-17 24s-17-10-17-24z" fill="${skin}"/>` +
    `<path d="M41 63q7 5 14 0v5q-7 4-14 0z" fill="#000" opacity=".12"/>${fringe}` +
    `<g fill="#26323a"><circle cx="41" cy="45" r="1.9"/><circle cx="55" cy="45" r="1.9"/></g>${glasses}` +
    `<path d="M42.5 55q5.5 4.5 11 0" fill="none" stroke="#26323a" stroke-width="1.8" stroke-linecap="round"/>`
  );
}

function sign(name: string): string {
  const [ground, ink, sun] = [
    choice(skies, name, 11),
    choice(clothes, name, 12),
    choice(["#f2b98a", "#fff6ee"], name, 13),
  ];
  const figure = choice(
    [
      `<path d="M0 62q24-16 48-4t48-6v44H0z" fill="${ink}"/><circle cx="64" cy="34" r="14" fill="${sun}"/>`,
      `<path d="M20 52 48 28l28 24v28H20z" fill="${ink}"/><path d="M42 80V62h12v18z" fill="${sun}"/>`,
      `<path d="M22 34q13-8 26 2 13-10 26-2v34q-13-8-26 2-13-10-26-2z" fill="${sun}"/><path d="M48 36v34" stroke="${ink}" stroke-width="3"/>`,
      `<path d="M48 76V44m0 10q-16 0-18-18 16 0 18 18zm0-6q14-2 16-20-15 2-16 20z" fill="${ink}" stroke="${ink}" stroke-width="3"/>`,
    ],
    name,
    14,
  );
  return `<rect width="96" height="96" fill="${ground}"/>${figure}`;
}
