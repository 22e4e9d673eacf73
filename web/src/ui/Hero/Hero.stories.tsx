import { BellOff, Pin } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { drawnFace } from "../../gallery/samples.ts";
import { Hero } from "./Hero.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  person: {
    frame: "pane",
    render: () => (
      <Hero
        face={drawnFace("anouk")}
        title="Anouk"
        text="@anouk on larkmoor.example"
        actions={[
          { key: "mute", label: "Mute", icon: BellOff, onSelect: nothing },
          { key: "pin", label: "Pin", icon: Pin, onSelect: nothing },
        ]}
      />
    ),
  },
};
