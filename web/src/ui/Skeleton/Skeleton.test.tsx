import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Skeleton } from "./Skeleton.tsx";

test("it is for the eye alone: that something is loading is said elsewhere", () => {
  const { container } = renderView(<Skeleton width={4} />);
  expect(container.firstElementChild?.getAttribute("aria-hidden")).toBe("true");
});

test.each([
  [{ width: 4 }, { width: "4rem", height: "" }],
  [
    { width: 3, circle: true },
    { width: "3rem", height: "3rem" },
  ],
  [{ percent: 60 }, { width: "60%", height: "" }],
])("%o takes the room of what will stand there", (props, size) => {
  const { container } = renderView(<Skeleton {...props} />);
  expect(container.querySelector("i")?.style).toMatchObject(size);
});
