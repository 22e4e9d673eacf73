import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Panes } from "./Panes.tsx";

const labels = { list: "Chats", main: "Conversation", info: "Chat info" };
function show(main: boolean, info: boolean): void {
  renderView(
    <Panes
      list={<h1>List</h1>}
      main={main ? <p>Opened</p> : undefined}
      blank={<p>Nothing is open</p>}
      info={info ? <p>About it</p> : undefined}
      labels={labels}
    />,
  );
}

test("each pane is a landmark with a name", () => {
  show(true, true);
  expect(screen.getByRole("navigation", { name: "Chats" })).toBeDefined();
  expect(screen.getByRole("main", { name: "Conversation" })).toBeDefined();
  expect(screen.getByRole("complementary", { name: "Chat info" })).toBeDefined();
});

test("while nothing is open, something stands in its place", () => {
  show(false, false);
  expect(screen.getByRole("main").textContent).toBe("Nothing is open");
});

test("what is open stands there alone", () => {
  show(true, false);
  expect(screen.getByRole("main").textContent).toBe("Opened");
});

test("without info there is no landmark for it", () => {
  show(true, false);
  expect(screen.queryByRole("complementary")).toBeNull();
});
