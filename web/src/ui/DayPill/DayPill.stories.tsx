import type { Stories } from "../../gallery/story.ts";
import { DayPill } from "./DayPill.tsx";

export const stories: Stories = { today: { render: () => <DayPill label="Today" /> } };
