import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Strong } from "./Strong.tsx";

test.each([
  ["Go to **Settings**, then **Devices**", ["Settings", "Devices"], "Go to Settings, then Devices"],
  ["**Settings** first", ["Settings"], "Settings first"],
  ["Open Dunlin", [], "Open Dunlin"],
])("in “%s” %j is strong, and the asterisks are gone", (text, strong, read) => {
  const { container } = renderView(<Strong text={text} />);
  expect([...container.querySelectorAll("strong")].map(({ textContent }) => textContent)).toEqual(strong);
  expect(container.textContent).toBe(read);
});
