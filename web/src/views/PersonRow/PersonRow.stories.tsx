import type { Stories } from "../../gallery/story.ts";
import { drawnFace, person } from "../../gallery/samples.ts";
import { PersonRow } from "./PersonRow.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  plain: {
    frame: "pane",
    render: () => (
      <>
        <PersonRow
          person={person("Anouk", { face: drawnFace("anouk"), online: true })}
          tabIndex={0}
          onSelect={nothing}
        />
        <PersonRow person={person("Bea", { handle: "bea.hill" })} query="hill" tabIndex={-1} onSelect={nothing} />
      </>
    ),
  },
  chosen: {
    frame: "pane",
    render: () => (
      <>
        <PersonRow person={person("Anouk")} chosen tabIndex={0} onSelect={nothing} />
        <PersonRow person={person("Bea")} chosen={false} tabIndex={-1} onSelect={nothing} />
      </>
    ),
  },
};
