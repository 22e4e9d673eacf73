import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { DetailPane } from "./DetailPane.tsx";

function show() {
  const back = vi.fn<() => void>();
  renderView(
    <DetailPane title="Language" onBack={back}>
      <p>As the system</p>
    </DetailPane>,
  );
  return back;
}

test("its title is the heading of what stands below", () => {
  show();
  const heading = screen.getByRole("heading", { name: "Language", level: 1 });
  const below = heading.compareDocumentPosition(screen.getByText("As the system"));
  expect(below).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
});

test("there is a way back", () => {
  const back = show();
  fireEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(back).toHaveBeenCalledOnce();
});
