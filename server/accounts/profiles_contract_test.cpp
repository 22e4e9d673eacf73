// What every implementation must do about profiles, pictures and settings.
#include <gmock/gmock.h>

#include "accounts/contract_rig.hpp"
#include "accounts/test_pictures.hpp"

namespace dunlin::accounts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class profiles_rig : public both_tables {
 protected:
  // A picture that no other is like.
  picture made(std::uint32_t n) {
    const auto text = test_png(n, 7);
    const auto data = as_bytes(text);
    return {hash_of_picture(data), *read_picture(data), bytes(data.begin(), data.end())};
  }
  account_id named(const std::string& handle, const std::string& name) {
    auto one = entry(handle);
    one.name = name;
    EXPECT_TRUE(accounts().add({&one, 1}, now));
    return one.account;
  }
  std::vector<std::string> found(std::string_view text, std::size_t limit = 10) {
    std::vector<std::string> out;
    for (const auto& one : *profiles().search(text, limit)) out.push_back(one.handle);
    return out;
  }
};

DUNLIN_BOTH_TABLES_ON(Profiles, profiles_rig);

TEST_P(Profiles, AreFoundByAccountAndByHandle) {
  const auto ada = named("ada", "Ada");
  const auto ben = named("ben", "Ben");
  EXPECT_EQ(profiles().find(ada)->handle, "ada");
  EXPECT_EQ(profiles().find(ada)->version, 1U);
  EXPECT_EQ(profiles().find(ada)->created, now);
  EXPECT_EQ(profiles().find_handle("ben")->account, ben);
  const std::vector wanted = {ben, random.id<account_id>(), ada};
  EXPECT_EQ(profiles().find_all(wanted)->size(), 2U);
  EXPECT_EQ(profiles().find(random.id<account_id>()).error(), errc::unknown_account);
  EXPECT_EQ(profiles().find_handle("carla").error(), errc::unknown_account);
}

TEST_P(Profiles, AChangeIsANewVersionAndNoneIsNone) {
  const auto ada = named("ada", "Ada");
  const auto first = profiles().change(ada, {"Ada L.", std::nullopt});
  EXPECT_EQ(first->version, 2U);
  EXPECT_EQ(first->name, "Ada L.");
  const auto second = profiles().change(ada, {std::nullopt, "Numbers"});
  EXPECT_EQ(second->version, 3U);
  EXPECT_EQ(second->name, "Ada L.");
  EXPECT_EQ(second->about, "Numbers");
  EXPECT_EQ(profiles().change(ada, {"Ada L.", "Numbers"})->version, 3U);
  EXPECT_EQ(profiles().change(ada, {})->version, 3U);
  EXPECT_EQ(profiles().change(random.id<account_id>(), {}).error(), errc::unknown_account);
  held->reopen();
  EXPECT_EQ(profiles().find(ada)->about, "Numbers");
}

// What is pending of this account but its making.
class news_rig : public profiles_rig {
 protected:
  std::vector<pending_change> news() { return *pending().list(last, 10); }
  pending_row last = 0;
  account_id made_account() {
    const auto ada = named("ada", "Ada");
    last = pending().list(0, 10)->back().row;
    return ada;
  }
};

DUNLIN_BOTH_TABLES_ON(News, news_rig);

TEST_P(News, Q1_AProfilesChangeIsTold) {
  const auto ada = made_account();
  const auto row = profiles().change(ada, {"Ada L.", std::nullopt})->row;
  ASSERT_EQ(news().size(), 1U);
  const auto told = news()[0];
  EXPECT_EQ(told.row, row);
  EXPECT_EQ(told.change.account, ada);
  EXPECT_EQ(told.change.version, 0U);
  EXPECT_THAT(told.change.devices, IsEmpty());
  ASSERT_EQ(told.change.profiles.size(), 1U);
  EXPECT_EQ(told.change.profiles[0].of, ada);
  EXPECT_EQ(told.change.profiles[0].version, 2U);
  // A repeat after a lost answer waits for the same row.
  EXPECT_EQ(profiles().change(ada, {"Ada L.", std::nullopt})->row, row);
  ASSERT_TRUE(pending().forget({&row, 1}));
  EXPECT_EQ(profiles().change(ada, {"Ada L.", std::nullopt})->row, 0U);
}

TEST_P(News, Q1_APictureIsOfTheProfile) {
  const auto ada = made_account();
  const auto first = profiles().set_picture(ada, made(1), now)->row;
  EXPECT_EQ(profiles().set_picture(ada, made(1), now)->row, first);
  EXPECT_GT(profiles().set_picture(ada, std::nullopt, now)->row, first);
  // Each row says what is so now.
  ASSERT_EQ(news().size(), 2U);
  for (const auto& one : news()) EXPECT_EQ(one.change.profiles[0].version, 3U);
}

TEST_P(News, Q1_SettingsAreToldWithWhatTheyAre) {
  const auto ada = made_account();
  const auto talk = random.id<stream_id>();
  const auto first = kept_settings().put(ada, {}, R"({"a":1})")->row;
  const auto second = kept_settings().put(ada, talk, R"({"b":2})")->row;
  EXPECT_EQ(kept_settings().put(ada, talk, R"({"b":2})")->row, second);
  ASSERT_EQ(news().size(), 2U);
  EXPECT_EQ(news()[0].row, first);
  const auto told = news()[1].change;
  EXPECT_EQ(told.version, 0U);
  ASSERT_EQ(told.put.size(), 1U);
  EXPECT_EQ(told.put[0].conversation, talk);
  EXPECT_EQ(told.put[0].version, 2U);
  EXPECT_EQ(told.put[0].json, R"({"b":2})");
  EXPECT_TRUE(news()[0].change.put[0].conversation.is_zero());
  held->reopen();
  EXPECT_EQ(news().size(), 2U);
}

TEST_P(News, Q1_OfADeletedAccountOnlyThatIsTold) {
  const auto ada = made_account();
  ASSERT_TRUE(profiles().change(ada, {"Ada L.", std::nullopt}));
  ASSERT_TRUE(kept_settings().put(ada, {}, "{}"));
  ASSERT_TRUE(accounts().remove(ada, now));
  ASSERT_EQ(news().size(), 3U);
  for (const auto& one : news()) {
    EXPECT_TRUE(one.change.deleted);
    EXPECT_GT(one.change.version, 0U);
    EXPECT_THAT(one.change.profiles, IsEmpty());
    EXPECT_THAT(one.change.put, IsEmpty());
  }
}

TEST_P(Profiles, OthersAreFoundByTheWordsOfTheirNames) {
  named("ada", "Ada Lovelace");
  named("grace", "Grace Hopper");
  named("lo.fi", "Somebody Else");
  EXPECT_THAT(found("lov"), ElementsAre("ada"));
  EXPECT_THAT(found("LOV"), ElementsAre("ada"));
  EXPECT_THAT(found("lo"), UnorderedElementsAre("ada", "lo.fi"));
  EXPECT_THAT(found("ada love"), ElementsAre("ada"));
  EXPECT_THAT(found("love hop"), IsEmpty());
  EXPECT_THAT(found("ovelace"), IsEmpty());
  EXPECT_THAT(found("fi"), ElementsAre("lo.fi"));
  EXPECT_THAT(found(""), ElementsAre("ada", "grace", "lo.fi"));
  EXPECT_THAT(found(" \"* "), ElementsAre("ada", "grace", "lo.fi"));
  EXPECT_EQ(found("", 2).size(), 2U);
  EXPECT_EQ(found("lo", 1).size(), 1U);
}

TEST_P(Profiles, ASearchIsNoLanguage) {
  named("ada", "Ada Lovelace");
  for (const auto* text : {"\"", "a\"b", "ada OR grace", "NOT ada", "handle:ada", "ada*", "^ada", "(ada", "ada AND",
                           "NEAR(ada)", "-ada", "'"}) {
    EXPECT_TRUE(profiles().search(text, 10)) << text;
  }
  EXPECT_THAT(found("ada OR grace"), IsEmpty());
}

TEST_P(Profiles, ANewNameIsFoundAndTheOldOneNotAnyMore) {
  const auto ada = named("ada", "Augusta");
  ASSERT_TRUE(profiles().change(ada, {"Byron", std::nullopt}));
  EXPECT_THAT(found("byr"), ElementsAre("ada"));
  EXPECT_THAT(found("aug"), IsEmpty());
  EXPECT_THAT(found("ada"), ElementsAre("ada"));
}

TEST_P(Profiles, ADeletedAccountShowsNothing) {
  const auto ada = named("ada", "Ada");
  ASSERT_TRUE(profiles().set_picture(ada, made(1), now));
  ASSERT_TRUE(kept_settings().put(ada, {}, "{}"));
  ASSERT_TRUE(accounts().remove(ada, now));
  EXPECT_EQ(profiles().find(ada).error(), errc::unknown_account);
  EXPECT_EQ(profiles().find_handle("ada").error(), errc::unknown_account);
  EXPECT_THAT(found("ada"), IsEmpty());
  EXPECT_THAT(found(""), IsEmpty());
  EXPECT_EQ(profiles().change(ada, {"x", std::nullopt}).error(), errc::unknown_account);
  EXPECT_EQ(*pictures().picture_count(), 0U);
  EXPECT_THAT(*kept_settings().list(ada), IsEmpty());
}

DUNLIN_BOTH_TABLES_ON(Pictures, profiles_rig);

TEST_P(Pictures, AnAccountShowsOneAndTheOneBeforeIsGone) {
  const auto ada = named("ada", "Ada");
  const auto first = made(1);
  const auto second = made(2);
  EXPECT_EQ(profiles().set_picture(ada, first, now)->picture, first.hash);
  EXPECT_EQ(profiles().find(ada)->version, 2U);
  EXPECT_EQ(pictures().find(first.hash)->data, first.data);
  EXPECT_EQ(pictures().find(first.hash)->head.width, 1U);
  EXPECT_EQ(profiles().set_picture(ada, first, now)->version, 2U);
  ASSERT_TRUE(profiles().set_picture(ada, second, now));
  EXPECT_EQ(pictures().find(first.hash).error(), errc::unknown_picture);
  EXPECT_EQ(pictures().find(second.hash)->head.type, picture_type::png);
  EXPECT_FALSE(profiles().set_picture(ada, std::nullopt, now)->picture);
  EXPECT_EQ(*pictures().picture_count(), 0U);
  EXPECT_EQ(profiles().set_picture(random.id<account_id>(), first, now).error(), errc::unknown_account);
}

TEST_P(Pictures, OneThatSomebodyElseShowsStays) {
  const auto ada = named("ada", "Ada");
  const auto ben = named("ben", "Ben");
  const auto both = made(1);
  ASSERT_TRUE(profiles().set_picture(ada, both, now));
  ASSERT_TRUE(profiles().set_picture(ben, both, now));
  EXPECT_EQ(*pictures().picture_count(), 1U);
  ASSERT_TRUE(profiles().set_picture(ada, std::nullopt, now));
  EXPECT_TRUE(pictures().find(both.hash));
  ASSERT_TRUE(accounts().remove(ben, now));
  EXPECT_FALSE(pictures().find(both.hash));
}

TEST_P(Pictures, OneThatIsKeptStaysWhoeverShowsIt) {
  const auto ada = named("ada", "Ada");
  const auto kept = made(1);
  ASSERT_TRUE(profiles().set_picture(ada, kept, now));
  ASSERT_TRUE(pictures().keep(kept, ada, now));
  ASSERT_TRUE(pictures().keep(kept, ada, now));
  ASSERT_TRUE(profiles().set_picture(ada, std::nullopt, now));
  EXPECT_TRUE(pictures().find(kept.hash));
  held->reopen();
  EXPECT_EQ(pictures().find(kept.hash)->data, kept.data);
  EXPECT_EQ(pictures().keep(made(2), random.id<account_id>(), now).error(), errc::unknown_account);
  EXPECT_TRUE(pictures().find_kept(kept.hash));
  ASSERT_TRUE(profiles().set_picture(ada, made(3), now));
  EXPECT_EQ(pictures().find_kept(made(3).hash).error(), errc::unknown_picture);
  EXPECT_EQ(pictures().find_kept(made(4).hash).error(), errc::unknown_picture);
}

TEST_P(Pictures, AnAccountKeepsABoundedNumber) {
  const auto ada = named("ada", "Ada");
  const auto ben = named("ben", "Ben");
  for (std::uint32_t n = 1; n <= max_kept_pictures; ++n) ASSERT_TRUE(pictures().keep(made(n), ada, now));
  EXPECT_EQ(pictures().keep(made(1000), ada, now).error(), errc::too_many_kept);
  EXPECT_TRUE(pictures().keep(made(1), ada, now));
  EXPECT_TRUE(pictures().keep(made(1000), ben, now));
}

DUNLIN_BOTH_TABLES_ON(Settings, profiles_rig);

TEST_P(Settings, AreTheAccountsAndEachConversations) {
  const auto ada = named("ada", "Ada");
  const auto talk = random.id<stream_id>();
  EXPECT_EQ(kept_settings().get(ada, talk)->version, 0U);
  EXPECT_EQ(kept_settings().get(ada, talk)->json, "{}");
  EXPECT_EQ(kept_settings().put(ada, {}, R"({"theme":"dark"})")->version, 1U);
  EXPECT_EQ(kept_settings().put(ada, talk, R"({"pinned":true})")->version, 2U);
  EXPECT_EQ(kept_settings().put(ada, {}, R"({"theme":"light"})")->version, 3U);
  EXPECT_EQ(kept_settings().get(ada, talk)->json, R"({"pinned":true})");
  EXPECT_EQ(kept_settings().get(named("ben", "Ben"), {})->version, 0U);
  held->reopen();
  const auto all = *kept_settings().list(ada);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].conversation.is_zero());
  EXPECT_EQ(all[0].json, R"({"theme":"light"})");
  EXPECT_EQ(all[1].conversation, talk);
}

TEST_P(Settings, ThatAreTheSameAreNoNewVersion) {
  const auto ada = named("ada", "Ada");
  EXPECT_EQ(kept_settings().put(ada, {}, "{}")->version, 1U);
  EXPECT_EQ(kept_settings().put(ada, {}, "{}")->version, 1U);
  EXPECT_EQ(kept_settings().put(random.id<account_id>(), {}, "{}").error(), errc::unknown_account);
}

TEST_P(Settings, AreBounded) {
  const auto ada = named("ada", "Ada");
  stream_id first;
  for (std::size_t n = 0; n < max_settings; ++n) {
    const auto talk = random.id<stream_id>();
    if (n == 0) first = talk;
    ASSERT_TRUE(kept_settings().put(ada, talk, "{}"));
  }
  EXPECT_EQ(kept_settings().put(ada, {}, "{}").error(), errc::too_many_kept);
  EXPECT_EQ(kept_settings().put(ada, first, R"({"a":1})")->version, max_settings + 1);
}

TEST_P(Settings, AreBoundedInAll) {
  const auto ada = named("ada", "Ada");
  const std::string large = R"({"a":")" + std::string(max_settings_bytes - 8, 'x') + "\"}";
  for (std::size_t n = 0; n < max_settings_total / max_settings_bytes; ++n) {
    ASSERT_TRUE(kept_settings().put(ada, stream_id{1, n}, large));
  }
  EXPECT_EQ(kept_settings().put(ada, {}, "{}").error(), errc::too_many_kept);
  EXPECT_TRUE(kept_settings().put(ada, stream_id{1, 0}, "{}"));
  EXPECT_TRUE(kept_settings().put(ada, {}, "{}"));
}

}  // namespace
}  // namespace dunlin::accounts
