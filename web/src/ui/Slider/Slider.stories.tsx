import type { Stories } from "../../gallery/story.ts";
import { Slider } from "./Slider.tsx";

const steps = ["Smallest", "Small", "Usual", "Large", "Larger", "Largest"];

export const stories: Stories = {
  middle: { render: () => <Slider label="Text size" steps={steps} value={2} onChange={() => undefined} /> },
  end: { render: () => <Slider label="Text size" steps={steps} value={5} onChange={() => undefined} /> },
};
