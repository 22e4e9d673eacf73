import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { PicturePick } from "./PicturePick.tsx";

afterEach(() => {
  vi.restoreAllMocks();
});

function show(picture?: string) {
  const [pick, remove] = [vi.fn<(file: File) => void>(), vi.fn<() => void>()];
  renderView(<PicturePick face={face("Anouk", picture)} onPick={pick} onRemove={remove} />);
  return { pick, remove };
}
const input = (): HTMLElement => screen.getByLabelText("Change picture", { selector: "input" });
const picture = (type: string): File => new File(["x"], `face.${type}`, { type: `image/${type}` });

test("the picture is the button that asks the browser for a file", () => {
  const asked = vi.spyOn(HTMLInputElement.prototype, "click");
  show();
  fireEvent.click(screen.getByRole("button", { name: "Change picture" }));
  expect(asked.mock.contexts).toEqual([input()]);
});

test.each(["jpeg", "png", "webp"])("a picture of the kind %s can be chosen", async (type) => {
  const { pick } = show();
  const file = picture(type);
  await userEvent.upload(input(), file);
  expect(pick).toHaveBeenCalledExactlyOnceWith(file);
});

test("what the server does not take is not offered", async () => {
  const { pick } = show();
  await userEvent.upload(input(), picture("gif"));
  expect(pick).not.toHaveBeenCalled();
});

test("the same file can be chosen again, once it was refused", async () => {
  const { pick } = show();
  const file = picture("png");
  await userEvent.upload(input(), file);
  await userEvent.upload(input(), file);
  expect(pick).toHaveBeenCalledTimes(2);
});

test("who chooses no file changes nothing", () => {
  const { pick } = show("blob:x");
  fireEvent.change(input(), { target: { files: [] } });
  expect(pick).not.toHaveBeenCalled();
});

test("a picture that is there can be removed", () => {
  const { remove } = show("blob:x");
  fireEvent.click(screen.getByRole("button", { name: "Remove picture" }));
  expect(remove).toHaveBeenCalledOnce();
});

test("where there is none, there is none to remove", () => {
  show();
  expect(screen.queryByRole("button", { name: "Remove picture" })).toBeNull();
});
