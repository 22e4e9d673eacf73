import type { ReactElement } from "react";

/** The app's frame. */
export function App(): ReactElement {
  return <h1>Dunlin</h1>;
}
