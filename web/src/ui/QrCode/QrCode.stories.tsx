import type { Stories } from "../../gallery/story.ts";
import { QrCode } from "./QrCode.tsx";

export const stories: Stories = {
  link: {
    render: () => (
      <div style={{ width: "20.75rem", maxWidth: "100%" }}>
        <QrCode text="https://larkmoor.example/#link=K7QXM2RD" label="Code for this browser" />
      </div>
    ),
  },
};
