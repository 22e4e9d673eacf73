// What the relay tells an account's devices of (account_news.cpp).

#include <gtest/gtest.h>

#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

class AccountNews : public testing::Test {
 protected:
  AccountNews() {
    bench.raise_rules();
    bench.link(local, partition_bench::device(1));
    bench.create(group, {local});
    bench.effect(partition_bench::here, 1, bench.waiting(partition_bench::here)[0]);
  }
  verdict put(stream_id conversation, std::uint64_t version, std::string_view json = "{}") {
    return bench.settings({local, 2000, conversation, version, json});
  }
  verdict tell(account_id of, std::uint64_t version) { return bench.profile({local, 2000, of, version}); }
  [[nodiscard]] record_view record() const { return read_record(bench.out().record).value(); }
  [[nodiscard]] bytes body() const { return {record().body.begin(), record().body.end()}; }
  [[nodiscard]] std::uint64_t head() { return bench.stream(account_stream(local)).head; }
  void expect_nothing(const verdict& v) {
    EXPECT_EQ(v.what, verdict::kind::duplicate);
    EXPECT_FALSE(bench.out().keep);
  }

  const account_id local = partition_bench::account(1);
  const account_id other = partition_bench::stranger(2);
  const stream_id group = partition_bench::conversation(1);
  partition_bench bench;
};

TEST_F(AccountNews, Q1_SettingsAreARecordOnTheAccountsStream) {
  const std::uint64_t before = head();
  EXPECT_EQ(put({}, 3, R"({"theme":"dark"})").seq, before + 1);
  EXPECT_EQ(record().kind, static_cast<std::uint32_t>(kind::settings));
  EXPECT_EQ(record().account, local);
  bytes expected;
  write_settings(expected, {}, 3, R"({"theme":"dark"})");
  EXPECT_EQ(body(), expected);
  EXPECT_EQ(put(group, 1, R"({"muted":true})").seq, before + 2);
  expected.clear();
  write_settings(expected, group, 1, R"({"muted":true})");
  EXPECT_EQ(body(), expected);
}

TEST_F(AccountNews, Q1_SettingsOfAVersionThatWasToldAreNotToldAgain) {
  put({}, 3);
  expect_nothing(put({}, 3));
  expect_nothing(put({}, 2));
  put(group, 5);
  expect_nothing(put(group, 5));
  EXPECT_EQ(put(group, 6).what, verdict::kind::accepted);
  EXPECT_EQ(put({}, 4).what, verdict::kind::accepted);
}

TEST_F(AccountNews, SettingsOfAConversationThatTheInboxDoesNotKnowAreToldAllTheSame) {
  const stream_id unknown = partition_bench::conversation(404);
  EXPECT_EQ(put(unknown, 1).what, verdict::kind::accepted);
  EXPECT_EQ(put(unknown, 1).what, verdict::kind::accepted);
}

TEST_F(AccountNews, SettingsThatAreTooLargeOrHaveNoVersionAreRefused) {
  EXPECT_EQ(put({}, 1, std::string(max_settings_bytes + 1, ' ')).why, reason::malformed);
  EXPECT_EQ(put({}, 0).why, reason::malformed);
  EXPECT_TRUE(put({}, 1, std::string(max_settings_bytes, ' ')).ok());
}

TEST_F(AccountNews, Q1_SettingsOfAnAccountThatIsNotThereYetWaitForIt) {
  const settings_entry early{partition_bench::account(7), 2000, {}, 1, "{}"};
  EXPECT_EQ(bench.settings(early).why, reason::busy);
  EXPECT_FALSE(bench.out().keep);
  bench.link(early.account, partition_bench::device(7));
  EXPECT_TRUE(bench.settings(early).ok());
}

TEST_F(AccountNews, Q1_AProfileIsToldOnceForEachVersion) {
  const std::uint64_t before = head();
  EXPECT_EQ(tell(other, 2).seq, before + 1);
  EXPECT_EQ(record().kind, static_cast<std::uint32_t>(kind::profile));
  EXPECT_EQ(record().account, other);
  bytes expected;
  write_profile_changed(expected, other, 2);
  EXPECT_EQ(body(), expected);
  expect_nothing(tell(other, 2));
  expect_nothing(tell(other, 1));
  EXPECT_EQ(tell(local, 1).what, verdict::kind::accepted);
  EXPECT_EQ(tell(other, 3).what, verdict::kind::accepted);
}

TEST_F(AccountNews, OfTheLatestAccountsAloneItIsRememberedWhatWasTold) {
  for (std::uint64_t n = 0; n < max_profiles_told; ++n) tell(partition_bench::stranger(100 + n), 1);
  tell(partition_bench::stranger(100), 2);
  tell(partition_bench::stranger(500), 1);
  EXPECT_EQ(bench.inbox(local).profiles.size(), max_profiles_told);
  expect_nothing(tell(partition_bench::stranger(100), 2));
  expect_nothing(tell(partition_bench::stranger(102), 1));
  EXPECT_EQ(tell(partition_bench::stranger(101), 1).what, verdict::kind::accepted);
}

TEST_F(AccountNews, O2_NobodyIsToldWhereThereIsNoAccountOrItIsDeleted) {
  expect_nothing(bench.profile({partition_bench::account(8), 2000, other, 1}));
  EXPECT_EQ(bench.state().find_inbox(partition_bench::account(8)), nullptr);
  bench.tell({.account = local, .time = 3000, .version = 9, .deleted = true});
  expect_nothing(tell(other, 1));
  expect_nothing(put({}, 1));
}

TEST_F(AccountNews, L5_TheRowOfAnInboxHoldsWhatWasTold) {
  put({}, 3);
  put(group, 5);
  tell(other, 2);
  inbox_state again;
  ASSERT_TRUE(read_row(bench.row({store::row_kind::inbox, account_stream(local)}), again));
  EXPECT_EQ(again.settings, 3U);
  EXPECT_EQ(again.find(group)->settings, 5U);
  EXPECT_EQ(again.profile_told(other), 2U);
}

TEST_F(AccountNews, WhoLeavesAConversationAndJoinsAnewIsToldOfItsSettingsAnew) {
  put(group, 5);
  bench.effect(0x22, 1, {.what = effect_kind::removed, .account = local, .conversation = group});
  bench.effect(0x22, 2, {.what = effect_kind::added, .account = local, .conversation = group, .join_seq = 9});
  EXPECT_EQ(put(group, 5).what, verdict::kind::accepted);
}

}  // namespace
}  // namespace dunlin::stream
