#include "accounts/sign_ups.hpp"

#include <gtest/gtest.h>

#include "accounts/fake_control.hpp"
#include "accounts/manual_queue.hpp"
#include "accounts/memory_tables.hpp"
#include "accounts/still_clock.hpp"

namespace dunlin::accounts {
namespace {

class SignUps : public testing::Test {
 protected:
  template <class T, class Call>
  result<T> ask(Call call) {
    auto out = std::make_shared<std::optional<result<T>>>();
    call([out](const result<T>& r) { *out = r; });
    queue.run();
    EXPECT_TRUE(*out);
    return **out;
  }
  sign_up_request request(const std::string& handle, const std::string& code) {
    return {handle, "Somebody", "", "phone", code, random.id<account_id>(), random.id<device_id>(), make_token(random)};
  }
  result<sign_ups::signed_up_account> sign_up(const sign_up_request& r) {
    return ask<sign_ups::signed_up_account>([&](const auto& done) { people->sign_up(r, direct, done); });
  }
  invite invited(std::uint64_t uses = 1, mono_ms lasts = 0, std::optional<account_id> from = {}) {
    return *ask<invite>([&](const auto& done) { people->add_invite({uses, lasts, from}, direct, done); });
  }
  result<sign_ups::handle_facts> check(const std::string& typed, const std::string& code) {
    return ask<sign_ups::handle_facts>([&](const auto& done) { people->check_handle(typed, code, direct, done); });
  }
  void policy(signup_policy how) {
    counted_again.push_back(std::make_unique<metrics>());
    people = std::make_unique<sign_ups>(core, how, *counted_again.back());
  }

  executor direct = [](const job& work) { work(); };
  seeded_random random{5};
  memory_tables tables{random};
  engine::fake_control streams;
  manual_queue queue;
  still_clock time;
  metrics counted;
  service core{tables.tables(), streams, queue, time, random, counted};
  std::vector<std::unique_ptr<metrics>> counted_again;
  std::unique_ptr<sign_ups> people = std::make_unique<sign_ups>(core, signup_policy::invite, counted);
};

TEST_F(SignUps, Q1_WhoHasAnInviteComesInOnceTheStreamsKnow) {
  const auto r = request("ada", invited().code);
  streams.hold();
  auto seen = std::make_shared<bool>(false);
  people->sign_up(r, direct, [seen](const auto& answer) { *seen = answer.has_value(); });
  queue.run();
  EXPECT_FALSE(*seen);
  streams.release();
  queue.run();
  EXPECT_TRUE(*seen);
  ASSERT_EQ(streams.told().size(), 1U);
  EXPECT_EQ(streams.told()[0].account, r.account);
  EXPECT_EQ(streams.told()[0].devices[0].id, r.device);
}

TEST_F(SignUps, Q2_ARepeatAfterALostAnswerHasTheSameAnswer) {
  const auto r = request("ada", invited().code);
  const auto first = sign_up(r);
  const auto second = sign_up(r);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->who, second->who);
  EXPECT_FALSE(first->repeat);
  EXPECT_TRUE(second->repeat);
  EXPECT_EQ(streams.told().size(), 1U);
  auto other = r;
  other.secret = make_token(random);
  EXPECT_EQ(sign_up(other).error(), errc::invite_used);
}

TEST_F(SignUps, WhatIsWrongIsSaidBeforeTheInviteIsLookedAt) {
  const auto refused = [&](auto change) {
    auto r = request("ada", "no such code");
    change(r);
    return sign_up(r).error();
  };
  EXPECT_EQ(refused([](auto& r) { r.handle = "Ada"; }), errc::bad_handle);
  EXPECT_EQ(refused([](auto& r) { r.handle = "supp0rt"; }), errc::handle_reserved);
  EXPECT_EQ(refused([](auto& r) { r.name = " "; }), errc::bad_display_name);
  EXPECT_EQ(refused([](auto& r) { r.about = std::string(513, 'x'); }), errc::bad_about);
  EXPECT_EQ(refused([](auto& r) { r.device_name = "a\nb"; }), errc::bad_name);
  EXPECT_EQ(refused([](auto&) {}), errc::invite_unknown);
}

TEST_F(SignUps, AnIdThatIsAConversationsIsAConflictAndLeavesNobody) {
  streams.answer_next({stream::verdict::refuse(stream::reason::conflict)});
  const auto r = request("ada", invited().code);
  EXPECT_EQ(sign_up(r).error(), errc::conflict);
  EXPECT_EQ(*tables.account_count(), 0U);
  const auto login = ask<identity>([&](const auto& done) { core.verify_bearer(to_text(r.secret), direct, done); });
  EXPECT_EQ(login.error(), errc::wrong_token);
}

TEST_F(SignUps, ThePolicySaysWhoMay) {
  policy(signup_policy::open);
  EXPECT_TRUE(sign_up(request("ada", "")));
  EXPECT_TRUE(check("ben", "")->free);
  policy(signup_policy::closed);
  EXPECT_EQ(sign_up(request("ben", "")).error(), errc::sign_up_closed);
  EXPECT_EQ(check("ben", "").error(), errc::sign_up_closed);
}

TEST_F(SignUps, AHandleIsFreeIfNobodyHasItOrLooksLikeIt) {
  const auto code = invited(2).code;
  ASSERT_TRUE(sign_up(request("bobby", code)));
  EXPECT_EQ(check(" @Carla ", code)->handle, "carla");
  EXPECT_TRUE(check("carla", code)->free);
  EXPECT_FALSE(check("bobby", code)->free);
  EXPECT_FALSE(check("b0bby", code)->free);
  EXPECT_FALSE(check("admin", code)->free);
  EXPECT_EQ(check("c", code).error(), errc::bad_handle);
  EXPECT_EQ(check("carla", "x").error(), errc::invite_unknown);
}

TEST_F(SignUps, AnInviteSaysWhoItIsFromUntilItIsOver) {
  ASSERT_TRUE(sign_up(request("ada", invited().code)));
  const auto ada = tables.find_handle("ada")->id;
  const auto one = invited(1, 1000, ada);
  const auto facts = ask<invite_facts>([&](const auto& done) { people->find_invite(one.code, direct, done); });
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->from_handle, "ada");
  EXPECT_EQ(facts->from_name, "Somebody");
  EXPECT_EQ(facts->one.expires, time.at.wall + 1000);
  time.advance(1000);
  const auto over = ask<invite_facts>([&](const auto& done) { people->find_invite(one.code, direct, done); });
  EXPECT_EQ(over.error(), errc::invite_expired);
}

TEST_F(SignUps, InvitesHaveCodesThatNobodyGuesses) {
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) codes.insert(invited().code);
  EXPECT_EQ(codes.size(), 100U);
  EXPECT_EQ(codes.begin()->size(), 16U);
  const auto all = ask<std::vector<invite_facts>>([&](const auto& done) { people->list_invites(direct, done); });
  EXPECT_EQ(all->size(), 100U);
  ASSERT_TRUE(ask<void>([&](const auto& done) { people->revoke_invite(*codes.begin(), direct, done); }));
  EXPECT_EQ(sign_up(request("ada", *codes.begin())).error(), errc::invite_expired);
}

TEST_F(SignUps, TheNumbersOfAServerAreCountedNowAndThen) {
  const auto count = [&] {
    return *ask<sign_ups::server_facts>([&](const auto& done) { people->facts(direct, done); });
  };
  EXPECT_EQ(count().accounts, 0U);
  ASSERT_TRUE(sign_up(request("ada", invited().code)));
  EXPECT_EQ(count().accounts, 0U);
  time.advance(sign_ups::count_age);
  EXPECT_EQ(count().accounts, 1U);
  EXPECT_EQ(count().since, time.at.wall - sign_ups::count_age);
}

}  // namespace
}  // namespace dunlin::accounts
