import { composer, expectTick, message, openChat, row, say, startChat, texts, write } from "./app.ts";
import { expect, test } from "./test.ts";

test("two people talk, and see how far their messages have come and what the other is doing", async ({ person }) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  await startChat(ada.page, ben.handle);
  await say(ada.page, "Are the waders back?");
  await expectTick(ada.page, "Are the waders back?", /sent|delivered/u);

  // It comes by itself, is counted, and is not read yet.
  await expect(row(ben.page, "Ada")).toHaveAccessibleName(/1 unread.*Are the waders back\?/u);
  await expectTick(ada.page, "Are the waders back?", "delivered");
  await expect(row(ben.page, "Ada")).toHaveAccessibleName(/online/u);
  await openChat(ben.page, "Ada");
  await expect(message(ben.page, "Are the waders back?")).toBeVisible();
  await expectTick(ada.page, "Are the waders back?", "read");
  await expect(row(ben.page, "Ada")).not.toHaveAccessibleName(/unread/u);

  // Typing is seen while it lasts.
  await ben.page.bringToFront();
  await composer(ben.page).pressSequentially("By the hundr");
  await expect(ada.page.getByRole("button", { name: "Ben, open info" })).toContainText("typing");
  await write(composer(ben.page), "");
  await expect(ada.page.getByRole("button", { name: "Ben, open info" })).toContainText("online");

  for (const text of ["By the hundred", "come and see"]) await say(ben.page, text);
  await ada.page.bringToFront();
  await expect(message(ada.page, "come and see")).toBeVisible();
  await expectTick(ben.page, "come and see", "read");
  for (const { page } of [ada, ben])
    expect(await texts(page)).toEqual(["Are the waders back?", "By the hundred", "come and see"]);

  // Who closes is not online any more.
  await ben.context.close();
  await expect(ada.page.getByRole("button", { name: "Ben, open info" })).toContainText("last seen");
});

test("what was written and not sent is kept, here alone", async ({ person }) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  await startChat(ada.page, ben.handle);
  await say(ada.page, "one");
  await write(composer(ada.page), "half a thou");
  await expect(row(ada.page, "Ben")).toContainText("half a thou");
  await ada.page.reload();
  await expect(composer(ada.page)).toHaveValue("half a thou");
  await expect(row(ben.page, "Ada")).not.toContainText("half a thou");
});

test("a direct chat is one, also when both begin it", async ({ person }) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  await Promise.all([startChat(ada.page, ben.handle), startChat(ben.page, ada.handle)]);
  await Promise.all([say(ada.page, "from Ada"), say(ben.page, "from Ben")]);
  for (const { page } of [ada, ben]) {
    await expect(message(page, "from Ada")).toHaveCount(1);
    await expect(message(page, "from Ben")).toHaveCount(1);
    await expect(page.locator("a[data-row]")).toHaveCount(1);
  }
});
