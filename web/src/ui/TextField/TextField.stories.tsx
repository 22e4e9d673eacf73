import type { Stories } from "../../gallery/story.ts";
import { TextField } from "./TextField.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  states: {
    render: () => (
      <div style={{ maxWidth: "25rem" }}>
        <TextField label="Name" value="Nora Lind" onChange={nothing} />
        <TextField label="Empty" placeholder="Name" value="" hint="People in your chats see this." onChange={nothing} />
        <TextField label="Handle" prefix="@" value="nora" state={{ state: "good", text: "Free" }} onChange={nothing} />
        <TextField
          label="Other"
          prefix="@"
          value="nor"
          state={{ state: "busy", text: "Checking" }}
          onChange={nothing}
        />
        <TextField
          label="Taken"
          prefix="@"
          value="anouk"
          state={{ state: "bad", text: "@anouk is taken. Try another." }}
          onChange={nothing}
        />
        <TextField code label="Code" value="K7QX-M2RD" onChange={nothing} />
      </div>
    ),
  },
};
