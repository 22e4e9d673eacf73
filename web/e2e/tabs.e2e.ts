import { composer, expectTick, message, openChat, row, say, startChat } from "./app.ts";
import { expect, test } from "./test.ts";

test("two tabs share one connection and one store, and go on when the first is closed", async ({ person, site }) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  await startChat(ada.page, ben.handle);
  await say(ada.page, "from the first tab");
  const second = await ada.tab();
  await openChat(second, "Ben");
  await expect(message(second, "from the first tab")).toBeVisible();
  await say(second, "from the second tab");
  await expect(message(ada.page, "from the second tab")).toHaveCount(1);
  // Neither was taken over by the other.
  for (const page of [ada.page, second]) await expect(page.getByText("Open somewhere else")).toHaveCount(0);

  site.reachable(false);
  await say(second, "waits");
  await expectTick(ada.page, "waits", "sending");
  await ada.page.close();
  site.reachable(true);
  await expectTick(second, "waits", "delivered");
  await openChat(ben.page, "Ada");
  for (const text of ["from the first tab", "from the second tab", "waits"])
    await expect(message(ben.page, text)).toHaveCount(1);
  // The second alone is still online, and sees who writes.
  await composer(ben.page).pressSequentially("still there");
  await expect(row(second, "Ben")).toContainText("typing");
});
