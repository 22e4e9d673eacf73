import type { Stories } from "../../gallery/story.ts";
import { SearchField } from "./SearchField.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  empty: {
    frame: "pane",
    render: () => <SearchField label="Search" clearLabel="Clear search" keys="Ctrl K" value="" onChange={nothing} />,
  },
  filled: {
    frame: "pane",
    render: () => <SearchField label="Search" clearLabel="Clear search" value="north" onChange={nothing} />,
  },
};
