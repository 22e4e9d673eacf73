// What is left of the log after a crash at any moment (L4), on a disk that loses what was not synced.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "store/embedded/log_life.hpp"

namespace dunlin::store {
namespace {

// What the outside was told to be durable, per stream.
using told = std::map<stream_id, std::uint64_t>;

// Writes until the power goes or the work is done; returns what was durable then.
void work(log_life& p, told& durable, seeded_random& random, int entries) {
  if (!p.is_open()) return;
  std::uint64_t number = random.bits() % 1000;
  for (int i = 0; i < entries; ++i) {
    if (!p.prepare()) return;
    const int many = 1 + static_cast<int>(random.below(4));
    std::vector<std::pair<stream_id, std::uint64_t>> waiting;
    for (int k = 0; k < many; ++k, ++number) {
      const stream_id id = log_life::stream(number);
      const std::string text = std::to_string(number) + std::string(random.below(700), 'x');
      if (!p.submit(id, random.one_in(5) ? "." + text : text)) break;
      waiting.emplace_back(id, p.applier_of(partition_of(id) % 2).at(id).head);
    }
    while (p.round() == log_writer::outcome::wrote) {
    }
    if (p.failed) return;
    for (const auto& [id, head] : waiting) durable[id] = std::max(durable[id], head);
  }
}

void expect_kept(log_life& p, const told& durable,
                 const std::map<stream_id, std::map<std::uint64_t, std::string>>& sent) {
  for (const auto& [id, head] : durable) {
    const auto& records = p.applier_of(partition_of(id) % 2).at(id).records;
    ASSERT_GE(records.size(), head) << "an acknowledged record is lost";
    const auto stream = sent.find(id);
    if (stream == sent.end()) continue;
    for (const auto& [seq, text] : stream->second) {
      if (seq > head) break;
      ASSERT_EQ(records.at(seq), text);
    }
  }
}

TEST(LogRecovery, L4_AtWhicheverOperationThePowerGoesNothingDurableIsLostAndNothingComesTwice) {
  log_start(log_level::off, false);
  // First without a cut, to know how many operations there are.
  std::uint64_t operations = 0;
  {
    fault_disk files;
    seeded_random random(1);
    log_life p(files, random);
    told durable;
    work(p, durable, random, 60);
    ASSERT_FALSE(p.failed);
    operations = files.operations();
  }
  ASSERT_GT(operations, 150);
  for (std::uint64_t cut = 0; cut < operations; ++cut) {
    SCOPED_TRACE("cut at operation " + std::to_string(cut));
    fault_disk files;
    seeded_random random(1);
    told durable;
    std::map<stream_id, std::map<std::uint64_t, std::string>> sent;
    files.cut_power_after(cut);
    {
      log_life p(files, random);
      work(p, durable, random, 60);
      for (int shard = 0; shard < 2; ++shard) {
        for (const auto& [id, s] : p.applier_of(shard).streams()) sent[id] = s.records;
      }
    }
    seeded_random chance(cut * 7919 + 1);
    files.crash(chance);
    // The start after the crash may be cut as well, and the one after that goes on working.
    if (cut % 3 != 0) {
      files.cut_power_after(chance.below(12));
      const log_life again(files, random);
      files.crash(chance);
    }
    log_life p(files, random);
    ASSERT_TRUE(p.is_open()) << p.error.message();
    expect_kept(p, durable, sent);
    if (HasFatalFailure()) return;
    work(p, durable, random, 10);
    ASSERT_FALSE(p.failed);
    files.crash(chance);
    log_life last(files, random);
    ASSERT_TRUE(last.is_open()) << last.error.message();
    expect_kept(last, durable, {});
    if (HasFatalFailure()) return;
  }
}

TEST(LogRecovery, L4_WhatAKilledProcessWroteWithoutSyncIsOnDiskBeforeItIsServed) {
  // The process is killed between write and sync; the system lives, so the next start sees the batch. A power cut
  // after that start must not take it back.
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    fault_disk files;
    seeded_random random(seed);
    {
      log_life p(files, random);
      ASSERT_TRUE(p.prepare());
      ASSERT_TRUE(p.submit(log_life::stream(1), "first"));
      ASSERT_EQ(p.round(), log_writer::outcome::wrote);
      ASSERT_TRUE(p.submit(log_life::stream(1), "second"));
      files.cut_power_after(1);
      ASSERT_EQ(p.round(), log_writer::outcome::failed);
      files.cut_power_after(1'000'000);
    }
    std::size_t seen = 0;
    {
      log_life p(files, random);
      ASSERT_TRUE(p.is_open());
      seen = p.applier_of(1).at(log_life::stream(1)).records.size();
    }
    ASSERT_EQ(seen, 2);
    files.crash(random);
    log_life p(files, random);
    ASSERT_TRUE(p.is_open());
    EXPECT_EQ(p.applier_of(1).at(log_life::stream(1)).records.size(), seen) << "seed " << seed;
  }
}

// The path of the segment with the most recent header, and its frames.
struct newest {
  std::string path;
  segment_header header;
};
newest newest_segment(fault_disk& files) {
  newest out;
  for (const std::string& name : *files.list("log")) {
    segment_header header;
    const bytes content = files.content("log/" + name);
    if (read_segment_header(byte_span(content).first(64), header) != header_state::valid) continue;
    if (header.generation > out.header.generation) out = {"log/" + name, header};
  }
  return out;
}

TEST(LogRecovery, L4_ADamagedFrameBeforeALaterOneIsRefused) {
  fault_disk files;
  seeded_random random(3);
  {
    log_life p(files, random);
    ASSERT_TRUE(p.prepare());
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(p.submit(log_life::stream(1), "text"));
      ASSERT_EQ(p.round(), log_writer::outcome::wrote);
    }
  }
  const std::uint8_t wrong = 0x5a;
  files.overwrite(newest_segment(files).path, frames_begin + frame_alignment + 40, {&wrong, 1});
  const log_life p(files, random);
  EXPECT_EQ(p.error, make_error_code(errc::corrupt));
}

TEST(LogRecovery, L4_ADamagedLastFrameIsATornTail) {
  fault_disk files;
  seeded_random random(3);
  {
    log_life p(files, random);
    ASSERT_TRUE(p.prepare());
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(p.submit(log_life::stream(1), "text"));
      ASSERT_EQ(p.round(), log_writer::outcome::wrote);
    }
  }
  const std::uint8_t wrong = 0x5a;
  files.overwrite(newest_segment(files).path, frames_begin + 3 * frame_alignment + 40, {&wrong, 1});
  log_life p(files, random);
  ASSERT_TRUE(p.is_open());
  EXPECT_EQ(p.applier_of(1).at(log_life::stream(1)).records.size(), 3);
}

TEST(LogRecovery, L4_AMissingSegmentIsRefused) {
  fault_disk files;
  seeded_random random(3);
  std::string first;
  {
    log_life p(files, random);
    ASSERT_TRUE(p.prepare());
    ASSERT_TRUE(p.submit(log_life::stream(1), "text"));
    ASSERT_EQ(p.round(), log_writer::outcome::wrote);
    first = newest_segment(files).path;
    while (newest_segment(files).path == first) {
      ASSERT_TRUE(p.prepare());
      ASSERT_TRUE(p.submit(log_life::stream(1), std::string(2000, 'x')));
      ASSERT_EQ(p.round(), log_writer::outcome::wrote);
    }
  }
  ASSERT_TRUE(files.remove(first));
  const log_life p(files, random);
  EXPECT_EQ(p.error, make_error_code(errc::corrupt));
}

TEST(LogRecovery, L4_BytesThatAClientChoseDoNotPassForAFrame) {
  fault_disk files;
  seeded_random random(3);
  log_life p(files, random);
  ASSERT_TRUE(p.prepare());
  ASSERT_TRUE(p.submit(log_life::stream(1), "text"));
  ASSERT_EQ(p.round(), log_writer::outcome::wrote);
  const newest at = newest_segment(files);
  // All is known but the salt.
  segment_header guess = at.header;
  guess.salt = 0;
  std::array<std::uint8_t, frame_header_size> forged{};
  write_frame_header(guess, {0, 0, 99}, forged.data());
  EXPECT_FALSE(read_frame_header(at.header, forged).has_value());
}

TEST(LogRecovery, L4_RecycledFramesOfAnOlderGenerationAreNotReplayed) {
  fault_disk files;
  seeded_random random(3);
  sealed_point sealed;
  std::array<position, partition_count> positions{};
  store_counters counters;
  const store_options o = log_life::small();
  writer_calls calls{[](int) {}, [](std::string_view) {}, [] {}, [] { return std::uint64_t{0}; }};
  recording_applier before;
  {
    log_life p(files, random);
    ASSERT_TRUE(p.prepare());
    // Two segments full; then they are sealed and used again for a little.
    while (p.log->files().closed_count() < 2) {
      ASSERT_TRUE(p.prepare());
      ASSERT_TRUE(p.submit(log_life::stream(1), std::string(600, 'o')));
      ASSERT_EQ(p.round(), log_writer::outcome::wrote);
    }
    const segment_ref last = p.log->files().closed(2).back();
    sealed = {last->header.generation, last->last_batch};
    positions[1] = p.applier_of(1).last(1) - 1;  // the one in the third segment is not sealed
    p.log->files().sealed_through(sealed.generation);
    p.log->shard(0).collect();
    p.log->shard(1).collect();
    while (p.log->files().closed_count() < 2) {
      ASSERT_TRUE(p.prepare());
      ASSERT_TRUE(p.submit(log_life::stream(1), std::string(600, 'n')));
      ASSERT_EQ(p.round(), log_writer::outcome::wrote);
    }
  }
  auto opened = log_group::open(files, o, sealed, random, calls, counters);
  ASSERT_TRUE(opened) << opened.error().message();
  recording_applier after;
  after.at(log_life::stream(1)).head = positions[1];
  ASSERT_TRUE((*opened)->recover(1, positions, after));
  for (const auto& [seq, text] : after.at(log_life::stream(1)).records) {
    if (seq > positions[1] + 1) {
      EXPECT_EQ(text[0], 'n') << seq;
    }
  }
  EXPECT_GT(after.redone(), 20);
}

}  // namespace
}  // namespace dunlin::store
