import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Button } from "../Button/Button.tsx";
import { PaneHeader } from "./PaneHeader.tsx";

test("the title is the heading, with the note in it", () => {
  renderView(<PaneHeader title="Add members" note="3 of 50" />);
  const heading = screen.getByRole("heading", { level: 1, name: /^Add members/u });
  expect(within(heading).getByText("3 of 50")).toBeDefined();
});

test.each([true, false])("the way back leads back, in a pane of details (%s), too", (detail) => {
  const back = vi.fn<() => void>();
  renderView(<PaneHeader detail={detail} title="Devices" onBack={back} />);
  fireEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(back).toHaveBeenCalledOnce();
});

test("where there is no way back there is no button for it", () => {
  renderView(<PaneHeader title="Settings" />);
  expect(screen.queryByRole("button")).toBeNull();
});

test("what stands beside the title is not part of it", () => {
  renderView(
    <PaneHeader title="Chats">
      <Button label="New chat" />
    </PaneHeader>,
  );
  expect(screen.getByRole("heading", { name: "Chats" })).toBeDefined();
  expect(screen.getByRole("button", { name: "New chat" })).toBeDefined();
});
