import type { Stories } from "../../gallery/story.ts";
import { Button } from "../Button/Button.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { Dialog } from "./Dialog.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  confirm: {
    frame: "window",
    render: () => (
      <ConfirmDialog
        title="Leave Allotment rota?"
        text="You get no more messages from it. An admin can add you again."
        confirm="Leave group"
        keep="Stay"
        onConfirm={nothing}
        onClose={nothing}
      />
    ),
  },
  plain: {
    frame: "window",
    render: () => (
      <Dialog title="Message info" onClose={nothing} actions={<Button data-first="" label="Close" />}>
        <p>When it was written, and how far it came.</p>
      </Dialog>
    ),
  },
};
