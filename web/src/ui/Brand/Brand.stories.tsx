import type { Stories } from "../../gallery/story.ts";
import { Brand } from "./Brand.tsx";

export const stories: Stories = { plain: { render: () => <Brand /> } };
