#include "accounts/linking.hpp"

#include <gtest/gtest.h>

#include "accounts/fake_control.hpp"
#include "accounts/manual_queue.hpp"
#include "accounts/memory_tables.hpp"
#include "accounts/still_clock.hpp"

namespace dunlin::accounts {
namespace {

using stream::reason;
using stream::verdict;

class Linking : public testing::Test {
 protected:
  template <class T>
  using outcome = std::shared_ptr<std::optional<result<T>>>;

  Linking() { ada = add("ada"); }

  template <class T, class Call>
  outcome<T> begin(Call call) {
    auto out = std::make_shared<std::optional<result<T>>>();
    call([out](const result<T>& r) {
      EXPECT_FALSE(*out) << "answered twice";
      *out = r;
    });
    queue.run();
    return out;
  }
  issued add(const std::string& handle) {
    registration_request request;
    request.handle = handle;
    return (**begin<service::registered>([&](const auto& done) { core.register_accounts({request}, direct, done); }))
        ->all.front();
  }
  linking::opened open() {
    return ***begin<linking::opened>([&](const auto& done) { links.open(laptop, "laptop", secret, direct, done); });
  }
  result<linking::asker> claim(const std::string& code, const identity& who) {
    return **begin<linking::asker>([&](const auto& done) { links.claim(code, who, direct, done); });
  }
  outcome<void> begin_confirm(link_id id, const identity& who) {
    return begin<void>([&](const auto& done) { links.confirm(id, who, direct, done); });
  }
  status confirm(link_id id, const identity& who) { return **begin_confirm(id, who); }
  status refuse(link_id id, const identity& who) {
    return **begin<void>([&](const auto& done) { links.refuse(id, who, direct, done); });
  }
  outcome<linking::standing> wait(link_id id, link_state known, mono_ms how_long = 25'000) {
    return begin<linking::standing>(
        [&](const auto& done) { links.wait(id, to_text(secret), known, how_long, direct, done); });
  }
  link_state state(link_id id) { return (**wait(id, link_state::waiting, 0))->state; }
  void advance(mono_ms by) {
    time.advance(by);
    queue.advance(by);
  }
  bool is_linked() {
    return (**begin<identity>([&](const auto& done) { core.verify_bearer(to_text(secret), direct, done); }))
        .has_value();
  }

  executor direct = [](const job& work) { work(); };
  seeded_random random{5};
  memory_tables tables{random};
  engine::fake_control streams;
  manual_queue queue;
  still_clock time;
  metrics counted;
  service core{tables.tables(), streams, queue, time, random, counted};
  linking links{core, counted};
  issued ada;
  device_id laptop{9, 9};
  token secret = make_token(random);
};

TEST_F(Linking, ADeviceIsLetInByOneThatIsIn) {
  const auto link = open();
  EXPECT_EQ(link.expires, time.at.wall + link_codes::lasts);
  const auto waits = wait(link.id, link_state::waiting);
  EXPECT_FALSE(*waits);
  const auto asks = claim(link.code, ada.who);
  ASSERT_TRUE(asks);
  EXPECT_EQ(asks->id, link.id);
  EXPECT_EQ(asks->device_name, "laptop");
  ASSERT_TRUE(*waits);
  EXPECT_EQ((**waits)->state, link_state::seen);
  EXPECT_EQ((**waits)->handle, "ada");
  const auto waits_on = wait(link.id, link_state::seen);
  EXPECT_FALSE(is_linked());
  EXPECT_TRUE(confirm(link.id, ada.who));
  ASSERT_TRUE(*waits_on);
  EXPECT_EQ((**waits_on)->state, link_state::linked);
  EXPECT_EQ((**waits_on)->linked, (identity{ada.who.account, laptop}));
  EXPECT_TRUE(is_linked());
  EXPECT_EQ(streams.told().back().devices.front().name, "laptop");
}

TEST_F(Linking, Q1_ItIsDoneOnceTheStreamsKnow) {
  const auto link = open();
  ASSERT_TRUE(claim(link.code, ada.who));
  streams.hold();
  const auto confirmed = begin_confirm(link.id, ada.who);
  EXPECT_FALSE(*confirmed);
  EXPECT_EQ(state(link.id), link_state::seen);
  streams.release();
  queue.run();
  ASSERT_TRUE(*confirmed);
  EXPECT_TRUE(**confirmed);
  EXPECT_EQ(state(link.id), link_state::linked);
}

TEST_F(Linking, Q2_RepeatsAfterLostAnswersAreAnsweredTheSame) {
  const auto link = open();
  EXPECT_EQ(open().id, link.id);
  EXPECT_EQ(claim(link.code, ada.who)->id, claim(link.code, ada.who)->id);
  EXPECT_TRUE(confirm(link.id, ada.who));
  EXPECT_TRUE(confirm(link.id, ada.who));
  EXPECT_EQ(refuse(link.id, ada.who).error(), errc::link_over);
  EXPECT_EQ(streams.told().size(), 2U);
}

TEST_F(Linking, AFullDiskIsWaitedOutWhateverTimeItTakes) {
  const auto link = open();
  ASSERT_TRUE(claim(link.code, ada.who));
  streams.answer_next({verdict::refuse(reason::no_space), verdict::refuse(reason::no_space)});
  EXPECT_EQ(confirm(link.id, ada.who).error(), errc::untold);
  advance(link_codes::lasts);
  EXPECT_EQ(state(link.id), link_state::seen);
  advance(link_codes::lasts);
  EXPECT_EQ(state(link.id), link_state::linked);
  EXPECT_TRUE(confirm(link.id, ada.who));
}

TEST_F(Linking, ARefusalIsTold) {
  const auto link = open();
  ASSERT_TRUE(claim(link.code, ada.who));
  const auto waits = wait(link.id, link_state::seen);
  EXPECT_TRUE(refuse(link.id, ada.who));
  EXPECT_TRUE(refuse(link.id, ada.who));
  EXPECT_EQ((**waits)->state, link_state::refused);
  EXPECT_EQ(confirm(link.id, ada.who).error(), errc::link_over);
  EXPECT_FALSE(is_linked());
}

TEST_F(Linking, OnlyWhoClaimedItDecides) {
  const auto ben = add("ben");
  const auto link = open();
  EXPECT_EQ(confirm(link.id, ada.who).error(), errc::unknown_link);
  ASSERT_TRUE(claim(link.code, ada.who));
  EXPECT_EQ(claim(link.code, ben.who).error(), errc::unknown_code);
  EXPECT_EQ(confirm(link.id, ben.who).error(), errc::unknown_link);
  EXPECT_EQ(refuse(link.id, ben.who).error(), errc::unknown_link);
  EXPECT_NE(counted.expose().find("dunlin_links_total{outcome=\"wrong_code\"} 1"), std::string::npos);
}

TEST_F(Linking, Q3_ARevokedDeviceLetsNobodyIn) {
  const auto link = open();
  ASSERT_TRUE(claim(link.code, ada.who));
  const auto waits = wait(link.id, link_state::seen);
  begin<void>([&](const auto& done) { core.revoke_device(ada.who.device, direct, done); });
  EXPECT_EQ((**waits)->state, link_state::refused);
  EXPECT_EQ(confirm(link.id, ada.who).error(), errc::link_over);
  EXPECT_FALSE(is_linked());
}

TEST_F(Linking, Q3_OneThatWasRevokedBeforeItClaimedLetsNobodyIn) {
  const auto link = open();
  begin<void>([&](const auto& done) { core.revoke_device(ada.who.device, direct, done); });
  // Its request had been let in before.
  ASSERT_TRUE(claim(link.code, ada.who));
  EXPECT_EQ(confirm(link.id, ada.who).error(), errc::wrong_token);
  EXPECT_FALSE(is_linked());
}

TEST_F(Linking, Q3_ADeletedAccountLetsNobodyIn) {
  const auto link = open();
  ASSERT_TRUE(claim(link.code, ada.who));
  begin<void>([&](const auto& done) { core.remove_account(ada.who.account, direct, done); });
  EXPECT_EQ(state(link.id), link_state::refused);
}

TEST_F(Linking, WhoWaitsLearnsThatTimeIsUp) {
  const auto link = open();
  const auto waits = wait(link.id, link_state::waiting, link_codes::lasts * 2);
  EXPECT_NE(counted.expose().find("dunlin_links_waits 1"), std::string::npos);
  advance(link_codes::lasts);
  advance(linking::sweep_every);
  ASSERT_TRUE(*waits);
  EXPECT_EQ((**waits)->state, link_state::expired);
  EXPECT_NE(counted.expose().find("dunlin_links_waits 0"), std::string::npos);
  advance(link_codes::remembered);
  advance(linking::sweep_every);
  EXPECT_EQ((**wait(link.id, link_state::waiting)).error(), errc::unknown_link);
  EXPECT_NE(counted.expose().find("dunlin_links 0"), std::string::npos);
}

TEST_F(Linking, AWaitEndsWithWhatIsSo) {
  const auto link = open();
  const auto waits = wait(link.id, link_state::waiting, 1000);
  advance(999);
  EXPECT_FALSE(*waits);
  advance(1);
  ASSERT_TRUE(*waits);
  EXPECT_EQ((**waits)->state, link_state::waiting);
}

TEST_F(Linking, OnlyTheDeviceItselfMayWait) {
  const auto link = open();
  secret = make_token(random);
  EXPECT_EQ((**wait(link.id, link_state::waiting)).error(), errc::wrong_token);
}

TEST_F(Linking, ManyWhoWaitSendTheFirstHome) {
  const auto link = open();
  std::vector<outcome<linking::standing>> all;
  for (std::size_t i = 0; i <= linking::max_waiting; ++i) all.push_back(wait(link.id, link_state::waiting));
  EXPECT_TRUE(*all[0]);
  EXPECT_FALSE(*all[1]);
  links.stop();
  queue.run();
  for (const auto& one : all) EXPECT_TRUE(*one);
}

TEST_F(Linking, AnAccountWithAllItsDevicesSaysSoAndMayMakeRoom) {
  const auto link = open();
  ASSERT_TRUE(claim(link.code, ada.who));
  device_id last;
  for (std::size_t i = 1; i < devices_per_account; ++i) {
    last = {8, i};
    ASSERT_TRUE(tables.link({last, ada.who.account, "", hash_of(make_token(random)), {}}, 0));
  }
  EXPECT_EQ(confirm(link.id, ada.who).error(), errc::too_many);
  ASSERT_TRUE(tables.revoke(last, 0));
  EXPECT_TRUE(confirm(link.id, ada.who));
}

TEST_F(Linking, ATokenThatIsSomebodysIsRefused) {
  secret = ada.secret;
  const auto link = open();
  ASSERT_TRUE(claim(link.code, ada.who));
  EXPECT_EQ(confirm(link.id, ada.who).error(), errc::conflict);
  EXPECT_EQ(state(link.id), link_state::refused);
}

}  // namespace
}  // namespace dunlin::accounts
