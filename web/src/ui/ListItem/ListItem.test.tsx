import { fireEvent, screen } from "@testing-library/react";
import { Bell } from "lucide-react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { ListButton, ListSwitch, ListText } from "./ListItem.tsx";

test("a line that does something is a button, and does it", () => {
  const click = vi.fn();
  renderView(<ListButton title="Language" icon={Bell} onClick={click} />);
  fireEvent.click(screen.getByRole("button", { name: "Language" }));
  expect(click).toHaveBeenCalledOnce();
});

test("its second line and its value are read with it", () => {
  renderView(<ListButton title="Anouk" text="14 members" value="Owner" onClick={vi.fn()} />);
  expect(screen.getByRole("button", { name: /Anouk.*14 members.*Owner/u })).toBeDefined();
});

test("of the lines, the one that is shown beside them says so", () => {
  renderView(
    <>
      <ListButton title="Language" onClick={vi.fn()} />
      <ListButton current title="Devices" onClick={vi.fn()} />
    </>,
  );
  expect(screen.getAllByRole("button", { current: true }).map(({ textContent }) => textContent)).toEqual(["Devices"]);
});

test.each([true, false])("a switch says whether it is on (%s), and a press turns it", (on) => {
  const change = vi.fn<(on: boolean) => void>();
  renderView(<ListSwitch title="Less motion" on={on} onChange={change} />);
  fireEvent.click(screen.getByRole("switch", { name: "Less motion", checked: on }));
  expect(change).toHaveBeenCalledExactlyOnceWith(!on);
});

test("a switch that cannot be turned is not", () => {
  const change = vi.fn<(on: boolean) => void>();
  renderView(<ListSwitch disabled title="Less motion" on onChange={change} />);
  fireEvent.click(screen.getByRole("switch"));
  expect(change).not.toHaveBeenCalled();
});

test("a line that only says something is no control", () => {
  renderView(<ListText title="@anouk" text="Handle" />);
  expect(screen.getByText("@anouk")).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();
});

test("an empty second line takes no room", () => {
  const { container } = renderView(<ListText title="@anouk" text="" />);
  expect(container.querySelectorAll("span:empty")).toHaveLength(0);
});
