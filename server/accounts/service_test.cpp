#include "accounts/service.hpp"

#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "accounts/fake_control.hpp"
#include "accounts/manual_queue.hpp"
#include "accounts/memory_tables.hpp"
#include "accounts/still_clock.hpp"

namespace dunlin::accounts {
namespace {

class Service : public testing::Test {
 protected:
  // Runs `call(done)` to its end and gives what done was given, or nothing if it was not called.
  template <class T, class Call>
  std::optional<result<T>> ask(Call call) {
    auto out = std::make_shared<std::optional<result<T>>>();
    call([out](const result<T>& r) {
      EXPECT_FALSE(*out) << "answered twice";
      *out = r;
    });
    queue.run();
    return *out;
  }
  result<service::registered> add(registration_request request) {
    return *ask<service::registered>([&](const auto& done) { accounts.register_accounts({request}, direct, done); });
  }
  issued add(const std::string& handle) {
    registration_request request;
    request.handle = handle;
    return add(request)->all.front();
  }
  result<identity> verify(const std::string& user, const std::string& text) {
    return *ask<identity>([&](const auto& done) { accounts.verify(user, text, direct, done); });
  }
  std::uint64_t told() const { return streams.told().size(); }

  executor direct = [](const job& work) { work(); };
  seeded_random random{5};
  memory_tables tables{random};
  engine::fake_control streams;
  manual_queue queue;
  still_clock time;
  metrics counted;
  service accounts{tables.tables(), streams, queue, time, random, counted};
};

TEST_F(Service, ATokenOpensItsAccountByHandleAndById) {
  const auto ada = add("ada");
  EXPECT_EQ(*verify("ada", to_text(ada.secret)), ada.who);
  EXPECT_EQ(*verify(to_text(ada.who.account), to_text(ada.secret)), ada.who);
}

TEST_F(Service, WhatIsWrongIsNotSaid) {
  const auto ada = add("ada");
  const auto ben = add("ben");
  for (const auto& [user, text] :
       std::initializer_list<std::pair<std::string, std::string>>{{"ada", to_text(ben.secret)},
                                                                  {"carla", to_text(ada.secret)},
                                                                  {"", to_text(ada.secret)},
                                                                  {"Ada", to_text(ada.secret)},
                                                                  {"ada", ""},
                                                                  {"ada", "x"},
                                                                  {"ada", std::string(52, 'a')},
                                                                  {"ada#", to_text(ada.secret)}}) {
    EXPECT_EQ(verify(user, text).error(), errc::wrong_token) << user;
  }
  EXPECT_NE(counted.expose().find("dunlin_token_checks_total{outcome=\"wrong\"} 8"), std::string::npos);
}

TEST_F(Service, ABearerTokenNeedsNoUser) {
  const auto ada = add("ada");
  const auto found =
      *ask<identity>([&](const auto& done) { accounts.verify_bearer(to_text(ada.secret), direct, done); });
  EXPECT_EQ(*found, ada.who);
}

TEST_F(Service, ASecondCheckNeedsNoDatabase) {
  const auto ada = add("ada");
  verify("ada", to_text(ada.secret));
  verify("ada", to_text(ada.secret));
  EXPECT_NE(counted.expose().find("dunlin_token_cache_hits_total 1"), std::string::npos);
}

TEST_F(Service, Q3_ARevokedTokenIsRefusedAtOnceCachedOrNot) {
  const auto ada = add("ada");
  ASSERT_TRUE(verify("ada", to_text(ada.secret)));
  ASSERT_TRUE(*ask<void>([&](const auto& done) { accounts.revoke_device(ada.who.device, direct, done); }));
  EXPECT_EQ(verify("ada", to_text(ada.secret)).error(), errc::wrong_token);
  ASSERT_EQ(told(), 2U);
  EXPECT_TRUE(streams.told().back().devices.front().revoked);
}

TEST_F(Service, ADeletedAccountsTokensAreRefusedAtOnce) {
  const auto ada = add("ada");
  ASSERT_TRUE(verify("ada", to_text(ada.secret)));
  ASSERT_TRUE(*ask<void>([&](const auto& done) { accounts.remove_account(ada.who.account, direct, done); }));
  EXPECT_EQ(verify("ada", to_text(ada.secret)).error(), errc::wrong_token);
  EXPECT_TRUE(streams.told().back().deleted);
}

TEST_F(Service, Q1_SuccessComesAfterRowAndEntry) {
  streams.hold();
  registration_request request;
  request.handle = "ada";
  auto seen = std::make_shared<bool>(false);
  accounts.register_accounts({request}, direct, [seen](const auto& r) { *seen = r.has_value(); });
  queue.run();
  EXPECT_FALSE(*seen);
  EXPECT_EQ(*tables.account_count(), 1U);
  streams.release();
  queue.run();
  EXPECT_TRUE(*seen);
}

TEST_F(Service, Q1_AnAnswerThatTakesTooLongSaysThatItIsSavedButNotTold) {
  streams.hold();
  registration_request request;
  request.handle = "ada";
  auto seen = std::make_shared<std::optional<service::registered>>();
  accounts.register_accounts({request}, direct, [seen](const auto& r) { *seen = *r; });
  queue.run();
  queue.advance(relay::longest_wait);
  ASSERT_TRUE(*seen);
  EXPECT_TRUE((*seen)->untold);
  EXPECT_TRUE(verify("ada", to_text((*seen)->all.front().secret)));
  streams.release();
  queue.run();
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Service, Q2_ARepeatedRequestWithTheClientsIdsHasTheSameAnswer) {
  registration_request request;
  request.handle = "ada";
  request.account = random.id<account_id>();
  request.device = random.id<device_id>();
  request.secret = make_token(random);
  const auto first = add(request);
  const auto second = add(request);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->all.front().who, second->all.front().who);
  EXPECT_EQ(told(), 1U);
  request.secret = make_token(random);
  EXPECT_EQ(add(request).error(), errc::conflict);
  request.account.reset();
  EXPECT_EQ(add(request).error(), errc::handle_taken);
}

TEST_F(Service, Q2_ARepeatedLinkHasTheSameAnswer) {
  const auto ada = add("ada");
  link_request request;
  request.owner = ada.who.account;
  request.device = random.id<device_id>();
  request.secret = make_token(random);
  const auto link = [&] {
    return *ask<service::registered>([&](const auto& done) { accounts.link_device(request, direct, done); });
  };
  ASSERT_TRUE(link());
  ASSERT_TRUE(link());
  EXPECT_EQ(verify("ada", to_text(*request.secret))->device, *request.device);
  request.secret = make_token(random);
  EXPECT_EQ(link().error(), errc::conflict);
}

TEST_F(Service, BadHandlesAndNamesAreRefused) {
  registration_request request;
  request.handle = "Ada";
  EXPECT_EQ(add(request).error(), errc::bad_handle);
  request.handle = "ada";
  request.device_name = "a\nb";
  EXPECT_EQ(add(request).error(), errc::bad_name);
  EXPECT_EQ(*tables.account_count(), 0U);
}

TEST_F(Service, ManyAreRegisteredInOneGo) {
  std::vector<registration_request> requests(service::max_batch);
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i].handle = "p" + std::to_string(i);
  const auto out =
      *ask<service::registered>([&](const auto& done) { accounts.register_accounts(requests, direct, done); });
  ASSERT_TRUE(out);
  EXPECT_EQ(out->all.size(), requests.size());
  EXPECT_EQ(told(), requests.size());
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Service, FindsAccountsByHandleAndById) {
  const auto ada = add("ada");
  const auto found = *ask<std::vector<std::optional<account>>>(
      [&](const auto& done) { accounts.find({"ada", to_text(ada.who.account), "ben"}, direct, done); });
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0]->id, ada.who.account);
  EXPECT_EQ((*found)[1]->handle, "ada");
  EXPECT_FALSE((*found)[2]);
}

TEST_F(Service, AFullQueueIsSaid) {
  queue.full = true;
  EXPECT_EQ(verify("ada", "x").error(), errc::busy);
}

TEST_F(Service, AfterStopEverythingIsClosed) {
  accounts.stop();
  EXPECT_EQ(verify("ada", "x").error(), errc::closed);
}

TEST_F(Service, AStartTellsWhatAnEarlierRunLeft) {
  streams.hold();
  registration_request request;
  request.handle = "ada";
  accounts.register_accounts({request}, direct, [](const auto&) {});
  queue.run();
  engine::fake_control after;
  metrics more;
  service again{tables.tables(), after, queue, time, random, more};
  again.start();
  queue.run();
  EXPECT_EQ(after.told().size(), 1U);
  EXPECT_EQ(*tables.pending_count(), 0U);
}

}  // namespace
}  // namespace dunlin::accounts
