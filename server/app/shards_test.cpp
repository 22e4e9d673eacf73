// The threads of a server's shards, from their first turn on.

#include "app/shards.hpp"

#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "accounts/test_directory.hpp"
#include "base/log.hpp"
#include "stream/wire.hpp"

namespace dunlin::app {
namespace {

class nobody final : public engine::credentials {
  void verify(engine::shard_id /*shard*/, std::uint64_t /*ticket*/, engine::client_key /*client*/, std::string /*user*/,
              std::string /*token*/) override {}
};

TEST(Shards, WhatIsAskedBeforeTheirFirstTurnIsOfNowAndByTodaysRules) {
  log_start(log_level::off, false);
  const test_directory directory;
  config values = default_config();
  values.shards = 2;
  auto files = store::posix_disk::open_directory(directory.path("data"));
  ASSERT_TRUE(files);
  const system_clock time;
  system_random random;
  metrics counted;
  nobody logins;
  auto opened = shards::open(**files, {.values = values,
                                       .time = time,
                                       .random = random,
                                       .counted = counted,
                                       .logins = logins,
                                       .failed = [](std::string_view what) { FAIL() << what; }});
  ASSERT_TRUE(opened) << opened.error().message();
  const account_id ada{1, 1};
  const stream_id group{std::uint64_t{1} << 56, 1};
  const auto before = time.now().wall;
  auto& door = (*opened)->door();
  std::promise<stream::verdict> decided;
  // Of a device, as only today's rules know it.
  door.create({.id = group, .members = {ada}, .creator = ada, .by = {{1, 2}, {1, 3}}},
              [&](stream::verdict v) { decided.set_value(v); });
  std::promise<engine::records_answer> read;
  (*opened)->start();
  const auto verdict = decided.get_future().get();
  EXPECT_TRUE(verdict.ok()) << stream::word(verdict.why);
  door.read_records({ada, group}, [&](engine::records_answer a) { read.set_value(std::move(a)); });
  const auto answer = read.get_future().get();
  ASSERT_EQ(answer.records.size(), 1U);
  const auto record = stream::read_record(answer.records.front());
  ASSERT_TRUE(record);
  EXPECT_GE(record->ts, before);
  (*opened)->stop();
}

}  // namespace
}  // namespace dunlin::app
