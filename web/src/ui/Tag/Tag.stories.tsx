import type { Stories } from "../../gallery/story.ts";
import { Tag } from "./Tag.tsx";

export const stories: Stories = { admin: { render: () => <Tag label="Admin" /> } };
