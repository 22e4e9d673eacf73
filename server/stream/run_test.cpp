// A run of messages is decided as they would be one by one.

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

const account_id anna = partition_bench::account(1);
const account_id ben = partition_bench::account(2);
const account_id zoe = partition_bench::account(26);
const stream_id group = partition_bench::conversation(1);

void prepare(partition_bench& bench) {
  ASSERT_TRUE(bench.link(anna, partition_bench::device(1)).ok());
  ASSERT_TRUE(bench.link(ben, partition_bench::device(2)).ok());
  ASSERT_TRUE(bench.create(group, {anna, ben}).ok());
}

// Mostly what is accepted; else a repeat, one that waits, or a text where none may be.
send_view some_send(seeded_random& random, std::uint64_t& last) {
  const std::uint64_t how = random.bits() % 16;
  send_view send{.id = partition_bench::message(++last), .body = as_bytes("hello")};
  if (how == 1) send.id = partition_bench::message(random.bits() % last + 1);
  if (how == 2) send.after = partition_bench::message(last + 5);
  if (how == 3) send.after = partition_bench::message(last - 1);
  if (how == 4) send.kind = static_cast<std::uint32_t>(kind::text);
  return send;
}

// What one device sent at once, with its entries.
struct some_run {
  some_run(seeded_random& random, std::uint64_t& last)
      : account(random.bits() % 16 == 0 ? zoe : anna),  // who is no member
        device(partition_bench::device(random.bits() % 16 == 0 ? 9 : 1)),
        time(static_cast<wall_ms>(1000 + random.bits() % 50)),
        entries(1 + random.bits() % 20) {
    for (auto& entry : entries) {
      const auto send = some_send(random, last);
      write_send_entry(entry, {group, time, account, device, send});
      const auto read = read_send_entry(entry);
      messages.push_back({read->facts, static_cast<std::uint32_t>(entry.size() - read->rest.size())});
    }
  }
  account_id account;
  device_id device;
  wall_ms time;
  std::vector<bytes> entries;
  std::vector<message_run::message> messages;
};

TEST(Run, S1_S3_ARunIsDecidedAsItsEntriesWouldBeOneByOne) {
  seeded_random random(20261126);
  partition_bench alone;
  partition_bench together;
  prepare(alone);
  prepare(together);
  store::position next = alone.frames().back().pos + 1;
  std::uint64_t last = 0;
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const some_run run(random, last);
    const auto& entries = run.entries;
    std::vector<verdict> others;
    store::applied_run out;
    const std::size_t kept = together.state().apply_run(together.stream(group), next,
                                                        {run.time, run.account, run.device, run.messages}, others, out);
    ASSERT_EQ(kept + others.size(), entries.size());
    ASSERT_EQ(out.slot, kept == 0 ? nullptr : &together.stream(group).slot);
    auto other = others.begin();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& made = out.list[i];
      const verdict v = alone.apply(entries[i]);
      ASSERT_EQ(made.seq != 0, alone.out().keep);
      const verdict as_a_run = made.seq != 0 ? verdict::accept(made.seq, made.ts) : *other++;
      ASSERT_EQ(as_a_run.what, v.what);
      ASSERT_EQ(as_a_run.why, v.why);
      ASSERT_EQ(as_a_run.seq, v.seq);
      ASSERT_EQ(as_a_run.ts, v.ts);
      ASSERT_EQ(as_a_run.floor, v.floor);
      if (!alone.out().keep) continue;
      ASSERT_EQ(made.seq, alone.out().seq);
      ASSERT_EQ(made.ts, alone.out().ts);
      ASSERT_TRUE(std::ranges::equal(byte_span(entries[i]).subspan(made.record_at), alone.out().record));
    }
    next += kept;
    ASSERT_EQ(together.stream(group).pos, alone.stream(group).pos);
    ASSERT_EQ(together.state().pos(), alone.state().pos());
    ASSERT_EQ(together.row({store::row_kind::stream, group}), alone.row({store::row_kind::stream, group}));
  }
}

TEST(Run, ARunToAnAccountsOwnStreamChangesNothing) {
  partition_bench bench;
  prepare(bench);
  const stream_id own = account_stream(anna);
  const std::uint64_t head = bench.stream(own).head;
  const std::vector<message_run::message> twice(2, {{.id = partition_bench::message(1)}});
  std::vector<verdict> others;
  store::applied_run out;
  EXPECT_EQ(bench.state().apply_run(bench.stream(own), 9, {1000, anna, partition_bench::device(1), twice}, others, out),
            0U);
  ASSERT_EQ(others.size(), 2U);
  for (const auto& v : others) EXPECT_EQ(v.why, reason::not_member);
  EXPECT_EQ(out.list[0].seq + out.list[1].seq, 0U);
  EXPECT_EQ(bench.stream(own).head, head);
}

}  // namespace
}  // namespace dunlin::stream
