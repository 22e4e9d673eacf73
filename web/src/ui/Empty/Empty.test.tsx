import { fireEvent, screen } from "@testing-library/react";
import { Archive } from "lucide-react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Button } from "../Button/Button.tsx";
import { Empty } from "./Empty.tsx";

test("that there is nothing is a heading, and below it stands why", () => {
  renderView(<Empty title="All read" text="Chats with something new appear here." />);
  const heading = screen.getByRole("heading", { name: "All read", level: 2 });
  expect(heading.nextElementSibling?.textContent).toBe("Chats with something new appear here.");
});

test.each([undefined, Archive])("its picture is for the eye alone: %o", (icon) => {
  const { container } = renderView(<Empty title="All read" text="" {...(icon === undefined ? {} : { icon })} />);
  expect(container.querySelector("svg")?.getAttribute("aria-hidden")).toBe("true");
});

test("what can be done about it is done by a press", () => {
  const click = vi.fn();
  renderView(
    <Empty title="Quiet for now" text="Start with someone you know.">
      <Button label="New chat" onClick={click} />
    </Empty>,
  );
  fireEvent.click(screen.getByRole("button", { name: "New chat" }));
  expect(click).toHaveBeenCalledOnce();
});
