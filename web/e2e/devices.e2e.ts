import { expectTick, message, openChat, row, say, startChat, toList, write } from "./app.ts";
import { expect, test } from "./test.ts";

test("a second device comes in by its code, has what was said before, and is logged out from the first", async ({
  person,
  browserOf,
}) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  await startChat(ada.page, ben.handle);
  for (const text of ["one", "two", "three"]) await say(ada.page, text);

  const second = await browserOf();
  await second.page.getByRole("button", { name: "Link this device to my phone" }).click();
  const code = second.page.locator("b").filter({ hasText: /^[A-Z0-9]{4}-[A-Z0-9]{4}$/u });
  await expect(code).toBeVisible();
  const shown = await code.innerText();

  await ada.page.getByRole("button", { name: "Settings" }).first().click();
  await ada.page.getByRole("button", { name: "Linked devices" }).click();
  await ada.page.getByRole("button", { name: "Link a device" }).click();
  const typed = ada.page.getByLabel("Code on the other screen");
  const instead = ada.page.getByRole("button", { name: "Type the code instead" });
  // Without a camera the field comes by itself, perhaps while one is about to ask for it.
  await expect(async () => {
    if (await instead.isVisible()) await instead.click({ timeout: 1000 });
    await expect(typed).toBeVisible({ timeout: 1000 });
  }).toPass();
  await write(typed, shown);
  await ada.page.getByRole("button", { name: "Next" }).click();
  await expect(ada.page.getByRole("alertdialog")).toContainText(/Link .+ on .+\?/u);
  await ada.page.getByRole("button", { name: "Link it" }).click();
  await ada.page.getByRole("button", { name: "Done" }).click();

  // The new one has the whole conversation, and what one device does the other shows.
  await openChat(second.page, "Ben");
  for (const text of ["one", "two", "three"]) await expect(message(second.page, text)).toBeVisible();
  await say(second.page, "from the second");
  await expect(row(ben.page, "Ada")).toContainText("from the second");
  await toList(ada.page);
  await openChat(ada.page, "Ben");
  await expect(message(ada.page, "from the second")).toBeVisible();
  await expectTick(ada.page, "from the second", /sent|delivered/u);

  await ada.page.getByRole("button", { name: "Settings" }).first().click();
  await ada.page.getByRole("button", { name: "Linked devices" }).click();
  await ada.page
    .getByRole("button", { name: /^Log out .+ on / })
    .first()
    .click();
  await ada.page.getByRole("button", { name: "Log it out" }).click();
  await expect(second.page.getByText("This device was logged out")).toBeVisible();
  await second.page.getByRole("button", { name: "Leave the account here" }).click();
  await expect(second.page.getByRole("heading", { name: "By invitation" })).toBeVisible();
  const rows = await second.page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const request = indexedDB.open("dunlin");
        request.onerror = () => {
          reject(request.error ?? new Error("no reason"));
        };
        request.onsuccess = () => {
          const count = request.result.transaction("records").objectStore("records").count();
          count.onsuccess = () => {
            resolve(count.result);
            request.result.close();
          };
        };
      }),
  );
  expect(rows, "nothing of the account is left on the device").toBe(0);
});
