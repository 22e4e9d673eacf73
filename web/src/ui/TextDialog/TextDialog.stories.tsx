import type { Stories } from "../../gallery/story.ts";
import { TextDialog } from "./TextDialog.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  rename: {
    frame: "window",
    render: () => (
      <TextDialog
        title="Name the group"
        label="Group name"
        initial="Allotment rota"
        maxLength={64}
        missing="Give it a name that its members know."
        onSave={nothing}
        onClose={nothing}
      />
    ),
  },
};
