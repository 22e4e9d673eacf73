import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Marked } from "./Marked.tsx";

test("what was looked for is marked in a text that stays whole", () => {
  const { container } = renderView(<Marked text="Anouk and Hana" query="an" />);
  expect([...container.querySelectorAll("mark")].map(({ textContent }) => textContent)).toEqual(["An", "an", "an"]);
  expect(container.textContent).toBe("Anouk and Hana");
});

test("text that looks like markup is text", () => {
  const { container } = renderView(<Marked text="<img src=x>" query="img" />);
  expect(container.querySelector("img")).toBeNull();
  expect(container.textContent).toBe("<img src=x>");
});
