import { fireEvent, screen } from "@testing-library/react";
import { CloudOff } from "lucide-react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Banner, BannerAction } from "./Banner.tsx";

function show() {
  const click = vi.fn<() => void>();
  const { container } = renderView(
    <Banner icon={CloudOff} title="Open somewhere else" text="From another window.">
      <BannerAction label="Use it here" onClick={click} />
    </Banner>,
  );
  return { click, container };
}

test("what can be done about it is read after what it is", () => {
  const { container } = show();
  expect(container.textContent).toBe("Open somewhere elseFrom another window.Use it here");
});

test("what can be done about it is done by a press", () => {
  const { click } = show();
  fireEvent.click(screen.getByRole("button", { name: "Use it here" }));
  expect(click).toHaveBeenCalledOnce();
});

test("its picture is for the eye alone", () => {
  const { container } = show();
  expect(container.querySelector("svg")?.getAttribute("aria-hidden")).toBe("true");
});
