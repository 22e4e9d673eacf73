import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { LinkDevice, type LinkDeviceSnapshot } from "./LinkDevice.tsx";

const typing = { state: "typing", busy: false, error: undefined, canScan: true, code: "" } as const;
const confirm = { state: "confirm", device: "Firefox on Linux", busy: false, error: undefined } as const;

function show(snapshot: LinkDeviceSnapshot) {
  const actions = {
    close: vi.fn<() => void>(),
    submit: vi.fn<(code: string) => void>(),
    scan: vi.fn<() => void>(),
    type: vi.fn<() => void>(),
    look: vi.fn<(video: HTMLVideoElement) => void>(),
    confirm: vi.fn<() => void>(),
    refuse: vi.fn<() => void>(),
  };
  renderView(<LinkDevice snapshot={snapshot} actions={actions} />);
  return actions;
}
const field = (): HTMLElement => screen.getByRole("textbox", { name: "Code on the other screen" });

test("a code is typed in capitals, and Enter hands it in", () => {
  const { submit } = show(typing);
  fireEvent.change(field(), { target: { value: "k7qx-m2rd" } });
  fireEvent.submit(field());
  expect(submit).toHaveBeenCalledExactlyOnceWith("K7QX-M2RD");
});

test.each([
  ["nothing was typed", typing],
  ["it is busy", { ...typing, code: "K7QX", busy: true }],
])("no code is handed in while %s", (_, snapshot) => {
  const { submit } = show(snapshot);
  fireEvent.submit(field());
  expect(submit).not.toHaveBeenCalled();
});

test("a code that no device shows is wrong", () => {
  show({ ...typing, error: "No device shows that code." });
  expect(field().getAttribute("aria-invalid")).toBe("true");
});

test("the device is called by its name before it comes in", () => {
  const actions = show(confirm);
  expect(screen.getByRole("alertdialog", { name: "Link Firefox on Linux?" })).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Link it" }));
  expect(actions.confirm).toHaveBeenCalledOnce();
});

test("a device can be refused", () => {
  const { refuse } = show(confirm);
  fireEvent.click(screen.getByRole("button", { name: "Do not link" }));
  expect(refuse).toHaveBeenCalledOnce();
});

test("from the camera one can change to typing", () => {
  const { type } = show({ state: "scanning", camera: undefined, host: "larkmoor.example" });
  fireEvent.click(screen.getByRole("button", { name: "Type the code instead" }));
  expect(type).toHaveBeenCalledOnce();
});

test("what was linked is said, and done", () => {
  const { close } = show({ state: "done", device: "Firefox on Linux" });
  expect(screen.getByRole("dialog", { name: "Firefox on Linux is linked" })).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Done" }));
  expect(close).toHaveBeenCalledOnce();
});
