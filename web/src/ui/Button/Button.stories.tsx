import { QrCode } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { Button } from "./Button.tsx";

export const stories: Stories = {
  kinds: {
    render: () => (
      <div style={{ display: "flex", gap: 12, flexWrap: "wrap" }}>
        <Button kind="primary" label="Send" />
        <Button label="Mute" />
        <Button kind="danger" label="Delete" />
        <Button kind="dangerSoft" label="Delete for me" />
        <Button kind="primary" icon={QrCode} label="Link a device" />
        <Button kind="primary" busy label="Save" />
        <Button kind="primary" disabled label="Save" />
      </div>
    ),
  },
  large: { render: () => <Button large kind="primary" label="Accept invitation" /> },
};
