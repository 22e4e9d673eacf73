import type { Stories } from "../../gallery/story.ts";
import { Notice } from "./Notice.tsx";

export const stories: Stories = { plain: { render: () => <Notice /> } };
