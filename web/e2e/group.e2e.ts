import { expectTick, message, openChat, row, say, write } from "./app.ts";
import { expect, test } from "./test.ts";

test("three people in a group: made, talked in, renamed, left", async ({ person }) => {
  const [ada, ben, eve] = await Promise.all([person("Ada"), person("Ben"), person("Eve")]);
  await ada.page.getByRole("button", { name: "New chat" }).first().click();
  await ada.page.getByRole("button", { name: "New group" }).click();
  for (const { handle } of [ben, eve]) {
    await write(ada.page.getByLabel("Name or @handle"), handle);
    await ada.page.getByRole("checkbox", { name: new RegExp(`@${handle}`, "u") }).click();
  }
  await ada.page.getByRole("button", { name: "Next" }).click();
  await write(ada.page.getByLabel("Group name"), "Marsh watch");
  await ada.page.getByRole("button", { name: "Make group" }).click();
  await say(ada.page, "Six o'clock at the hide");

  for (const { page } of [ben, eve]) {
    await openChat(page, "Marsh watch");
    await expect(page.getByText("Ada made the group “Marsh watch”")).toBeVisible();
    await expect(message(page, "Six o'clock at the hide")).toContainText("Ada");
    // Only one window has the focus, and only what somebody looks at is read.
    await expect(row(page, "Marsh watch")).not.toHaveAccessibleName(/unread/u);
  }
  await expectTick(ada.page, "Six o'clock at the hide", "read");
  await say(ben.page, "I bring the scope");
  for (const { page } of [ada, eve]) await expect(message(page, "I bring the scope")).toContainText("Ben");

  await ada.page.getByRole("button", { name: "Chat info" }).click();
  await ada.page.getByRole("button", { name: "Change name" }).click();
  await write(ada.page.getByRole("dialog").getByLabel("Group name"), "Marsh watch, Sunday");
  await ada.page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(row(eve.page, "Marsh watch, Sunday")).toBeVisible();
  await expect(eve.page.getByText("Ada named the group “Marsh watch, Sunday”").first()).toBeVisible();

  await eve.page.getByRole("button", { name: "Chat info" }).click();
  await eve.page.getByRole("button", { name: "Leave group" }).click();
  await eve.page.getByRole("alertdialog").getByRole("button", { name: "Leave group" }).click();
  await expect(ada.page.getByText("Eve left").first()).toBeVisible();
  await say(ada.page, "Just us two then");
  await expect(message(ben.page, "Just us two then")).toBeVisible();
  // What was said before is still there for who left, and nothing after.
  await expect(message(eve.page, "I bring the scope")).toHaveCount(1);
  await expect(message(eve.page, "Just us two then")).toHaveCount(0);
  await expect(eve.page.getByText("You are not in this group any more.")).toBeVisible();
});
