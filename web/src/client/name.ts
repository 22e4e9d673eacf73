/** The store of this origin, and what its tabs share: one device. */
export const storeName = "dunlin";
