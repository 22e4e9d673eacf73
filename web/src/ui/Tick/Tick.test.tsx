import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Tick, type TickState } from "./Tick.tsx";

test.each<[TickState, string]>([
  ["sending", "sending"],
  ["sent", "sent"],
  ["delivered", "delivered"],
  ["read", "read"],
  ["failed", "not sent"],
])("one that is %s is said to be “%s”", (state, name) => {
  renderView(<Tick state={state} />);
  expect(screen.getByRole("img", { name })).toBeDefined();
});

test("in German, too", () => {
  renderView(<Tick state="read" />, "de");
  expect(screen.getByRole("img", { name: "gelesen" })).toBeDefined();
});

test("no two states are told apart by their colour alone", () => {
  const looks = (["sending", "sent", "delivered", "read", "failed"] as const).map((state) =>
    renderView(<Tick state={state} />).container.innerHTML.replace(/aria-label="[^"]*"|data-state="[^"]*"/gu, ""),
  );
  expect(new Set(looks).size).toBe(looks.length);
});
