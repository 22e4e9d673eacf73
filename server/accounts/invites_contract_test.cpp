// What every implementation must do about invites and about who signs up with one.
#include <gmock/gmock.h>

#include "accounts/contract_rig.hpp"

namespace dunlin::accounts {
namespace {

class invites_rig : public both_tables {
 protected:
  invite made(const std::string& code, std::uint64_t uses = 1, wall_ms expires = 0) {
    invite one;
    one.code = code;
    one.uses = uses;
    one.created = now;
    one.expires = expires;
    EXPECT_TRUE(invites().add(one, now));
    return one;
  }
  sign_up_entry with(const std::string& code, const std::string& handle) {
    return {entry(handle), signup_policy::invite, code};
  }
};

DUNLIN_BOTH_TABLES_ON(Invites, invites_rig);

TEST_P(Invites, OneIsFoundByItsCodeWithAllThatItIs) {
  const auto ada = added("ada");
  invite one{"abc", ada.account, 5, 0, now, now + 1000, false};
  ASSERT_TRUE(invites().add(one, now));
  held->reopen();
  const auto found = invites().find("abc");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->made_by, ada.account);
  EXPECT_EQ(found->uses, 5U);
  EXPECT_EQ(found->used, 0U);
  EXPECT_EQ(found->created, now);
  EXPECT_EQ(found->expires, now + 1000);
  EXPECT_FALSE(found->revoked);
  EXPECT_EQ(invites().find("abd").error(), errc::invite_unknown);
  EXPECT_EQ(invites().add(one, now).error(), errc::conflict);
  one.code = "other";
  one.made_by = random.id<account_id>();
  EXPECT_EQ(invites().add(one, now).error(), errc::unknown_account);
}

TEST_P(Invites, AreListedTheLatestFirst) {
  for (const auto& [code, created] : {std::pair{"b", now}, std::pair{"a", now + 2}, std::pair{"c", now + 1}}) {
    invite one;
    one.code = code;
    one.created = created;
    ASSERT_TRUE(invites().add(one, now));
  }
  const auto all = *invites().list(10);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].code + all[1].code + all[2].code, "acb");
  EXPECT_FALSE(all[0].made_by);
  EXPECT_EQ(invites().list(2)->size(), 2U);
}

TEST_P(Invites, LetInAsManyAsTheySay) {
  made("two", 2);
  ASSERT_TRUE(accounts().sign_up(with("two", "ada"), now));
  ASSERT_TRUE(accounts().sign_up(with("two", "ben"), now));
  EXPECT_EQ(accounts().sign_up(with("two", "carla"), now).error(), errc::invite_used);
  EXPECT_EQ(invites().find("two")->used, 2U);
  EXPECT_EQ(accounts().find_handle("carla").error(), errc::unknown_account);
}

TEST_P(Invites, ARefusedSignUpTakesNoUse) {
  made("one");
  added("ada");
  EXPECT_EQ(accounts().sign_up(with("one", "ada"), now).error(), errc::handle_taken);
  EXPECT_EQ(accounts().sign_up(with("one", "a-d-a"), now).error(), errc::handle_alike);
  EXPECT_EQ(invites().find("one")->used, 0U);
  EXPECT_TRUE(accounts().sign_up(with("one", "ben"), now));
}

TEST_P(Invites, Q2_TheSameSignUpAgainTakesNoUseAndSucceedsWhateverBecameOfTheInvite) {
  made("one");
  const auto ada = with("one", "ada");
  const auto first = accounts().sign_up(ada, now);
  const auto second = accounts().sign_up(ada, now);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_FALSE(first->repeat);
  EXPECT_TRUE(second->repeat);
  EXPECT_EQ(first->row, second->row);
  EXPECT_EQ(invites().find("one")->used, 1U);
  ASSERT_TRUE(invites().revoke("one"));
  EXPECT_TRUE(accounts().sign_up(ada, now)->repeat);
  auto closed = ada;
  closed.how = signup_policy::closed;
  EXPECT_TRUE(accounts().sign_up(closed, now)->repeat);
  auto other = ada;
  other.who.hash = hash_of(make_token(random));
  EXPECT_EQ(accounts().sign_up(other, now).error(), errc::invite_expired);
}

TEST_P(Invites, ThatAreOverLetNobodyIn) {
  made("old", 1, now + 10);
  made("back");
  ASSERT_TRUE(invites().revoke("back"));
  ASSERT_TRUE(invites().revoke("back"));
  EXPECT_EQ(invites().revoke("none").error(), errc::invite_unknown);
  EXPECT_EQ(accounts().sign_up(with("old", "ada"), now + 10).error(), errc::invite_expired);
  EXPECT_EQ(accounts().sign_up(with("back", "ada"), now).error(), errc::invite_expired);
  EXPECT_EQ(accounts().sign_up(with("none", "ada"), now).error(), errc::invite_unknown);
  EXPECT_TRUE(accounts().sign_up(with("old", "ada"), now + 9));
}

TEST_P(Invites, WhereNobodyNeedsOneNoneIsTaken) {
  made("one");
  auto ada = with("one", "ada");
  ada.how = signup_policy::open;
  ASSERT_TRUE(accounts().sign_up(ada, now));
  EXPECT_EQ(invites().find("one")->used, 0U);
  auto ben = with("", "ben");
  ben.how = signup_policy::closed;
  EXPECT_EQ(accounts().sign_up(ben, now).error(), errc::sign_up_closed);
}

TEST_P(Invites, WhoSignsUpIsShownAsTheySaid) {
  made("one");
  auto ada = with("one", "ada");
  ada.who.name = "Ada Lovelace";
  ada.who.about = "Numbers";
  ASSERT_TRUE(accounts().sign_up(ada, now));
  const auto shown = profiles().find(ada.who.account);
  EXPECT_EQ(shown->name, "Ada Lovelace");
  EXPECT_EQ(shown->about, "Numbers");
  EXPECT_EQ(profiles().find(added("ben").account)->name, "ben");
}

TEST_P(Invites, AreBoundedAndThoseThatAreLongOverAreForgotten) {
  constexpr wall_ms day = 86'400'000;
  made("stays", 1, now + 40 * day);
  made("gone", 1, now + 1);
  invite late;
  late.code = "late";
  ASSERT_TRUE(invites().add(late, now + 29 * day));
  EXPECT_TRUE(invites().find("gone"));
  late.code = "later";
  ASSERT_TRUE(invites().add(late, now + 31 * day));
  EXPECT_EQ(invites().find("gone").error(), errc::invite_unknown);
  EXPECT_TRUE(invites().find("stays"));
}

}  // namespace
}  // namespace dunlin::accounts
