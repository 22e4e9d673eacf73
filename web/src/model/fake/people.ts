import type { Id, Profile } from "../ports.ts";

/** Ids that can be read: the name, filled up. */
export const idOf = (name: string): Id => name.replace(/[^a-z]/gu, "").padEnd(26, "a");

/** Somebody who was made up. Those with a picture have one that `portrait.ts` draws. */
export function person(handle: string, name: string, about = "", picture = true): Profile {
  return {
    account: idOf(handle),
    handle,
    name,
    about,
    picture: picture ? `face ${handle}` : null,
    version: 1,
  };
}

export const nora = person("nora", "Nora Lind");
export const anouk = person("anouk", "Anouk", "Mostly in the greenhouse");
export const theo = person("theo", "Theo");
export const samir = person("samir", "Samir");
export const greta = person("greta", "Greta");
export const malik = person("malik", "Malik");
export const hana = person("hana", "Hana");
export const pavel = person("pavel", "Pavel", "", false);
export const odile = person("odile", "Odile");
export const rosa = person("rosa", "Rosa", "", false);
export const iver = person("iver", "Iver", "", false);
export const bea = person("bea.hill", "Bea", "", false);
export const zoe = person("zoe", "Zoë", "", false);
export const wim = person("wim", "Wim", "", false);

export const everybody: readonly Profile[] = [
  nora,
  anouk,
  theo,
  samir,
  greta,
  malik,
  hana,
  pavel,
  odile,
  rosa,
  iver,
  bea,
  zoe,
  wim,
];
