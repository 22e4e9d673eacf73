// The formats by themselves: what is written is read back, and what is damaged is said to be.
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "store/embedded/directory.hpp"
#include "store/embedded/frame.hpp"
#include "store/embedded/manifest.hpp"
#include "store/embedded/sealed_files.hpp"
#include "store/embedded/sealed_writer.hpp"
#include "store/memory/fault_disk.hpp"

namespace dunlin::store {
namespace {

constexpr stream_id id_a{7, 1};
constexpr stream_id id_b{7, 2};

TEST(Frame, AnEntryComesBackAsItWas) {
  batch_buffer out;
  bytes entry{1};
  const auto name = to_bytes(id_a);
  entry.insert(entry.end(), name.begin(), name.end());
  entry.insert(entry.end(), {'b', 'o', 'd', 'y'});
  applied did;
  did.stream = id_a;
  did.seq = 300;
  did.ts = 1'700'000'000'123;
  did.record = byte_span(entry).subspan(17);
  did.touched = {partition_row(5), {row_kind::inbox, id_b}};
  did.outcome = {9, 8};
  append_entry(out, 5, 1234, entry, did);
  out.sum_entries();
  // The overhead counts: it is paid for every message.
  EXPECT_LE(out.size(), entry.size() + did.outcome.size() + 30 + 19);

  entry_view view;
  ASSERT_TRUE(read_entry(out.view(), true, view));
  EXPECT_EQ(view.size, out.size());
  EXPECT_EQ(view.what.partition, 5);
  EXPECT_EQ(view.what.pos, 1234);
  EXPECT_EQ(view.what.stream, id_a);
  EXPECT_EQ(view.what.seq, 300);
  EXPECT_EQ(view.what.ts, 1'700'000'000'123);
  EXPECT_EQ(as_text(view.record), "body");
  std::vector<row_key> touched;
  each_touched(view, [&](const row_key& key) { touched.push_back(key); });
  EXPECT_EQ(touched, did.touched);
}

TEST(Frame, EntriesThatAreAddedAfterTheSumsWereMadeGetTheirs) {
  batch_buffer out;
  const applied did;
  append_entry(out, 7, 1, as_bytes("one"), did);
  append_entry(out, 7, 2, as_bytes("two"), did);
  out.sum_entries();
  const bytes summed(out.view().begin(), out.view().end());
  append_entry(out, 7, 3, as_bytes("three"), did);
  out.sum_entries();
  EXPECT_TRUE(std::equal(summed.begin(), summed.end(), out.view().begin()));
  byte_span rest = out.view();
  for (const std::uint64_t pos : {1U, 2U, 3U}) {
    entry_view view;
    ASSERT_TRUE(read_entry(rest, true, view));
    EXPECT_EQ(view.what.pos, pos);
    rest = rest.subspan(view.size);
  }
  EXPECT_TRUE(rest.empty());
}

TEST(Frame, ARecordMayLieInTheOutcome) {
  batch_buffer out;
  const bytes entry{1, 2, 3};
  applied did;
  did.stream = id_a;
  did.seq = 1;
  did.outcome = {4, 5, 6, 7};
  did.record = byte_span(did.outcome).subspan(1, 2);
  append_entry(out, 7, 1, entry, did);
  out.sum_entries();
  entry_view view;
  ASSERT_TRUE(read_entry(out.view(), true, view));
  EXPECT_EQ(view.what.stream, id_a);
  EXPECT_EQ(bytes(view.record.begin(), view.record.end()), (bytes{5, 6}));
}

TEST(Frame, EveryFlippedBitOfAnEntryIsFound) {
  batch_buffer out;
  applied did;
  did.outcome = {1, 2, 3};
  append_entry(out, 7, 1, as_bytes("an entry"), did);
  out.sum_entries();
  for (std::size_t bit = 0; bit < out.size() * 8; ++bit) {
    bytes damaged(out.view().begin(), out.view().end());
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    entry_view view;
    EXPECT_FALSE(read_entry(damaged, true, view)) << bit;
  }
}

TEST(Frame, L4_AHeaderIsValidForItsGenerationAndSaltAlone) {
  const segment_header here{3, 77, 2, 4096, 10};
  std::array<std::uint8_t, frame_header_size> data{};
  write_frame_header(here, {100, 5, 10}, data.data());
  ASSERT_TRUE(read_frame_header(here, data));
  EXPECT_EQ(read_frame_header(here, data)->batch, 10);
  segment_header other = here;
  other.generation = 4;
  EXPECT_FALSE(read_frame_header(other, data));
  other = here;
  other.salt = 78;
  EXPECT_FALSE(read_frame_header(other, data));
}

TEST(Frame, ASegmentOfANewerVersionIsKnownAsSuch) {
  bytes data;
  write_segment_header({3, 77, 2, 4096, 10}, data);
  ASSERT_EQ(data.size(), segment_header_size);
  segment_header header;
  EXPECT_EQ(read_segment_header(data, header), header_state::valid);
  EXPECT_EQ(header.previous_end, 4096);
  EXPECT_EQ(read_segment_header(bytes(segment_header_size), header), header_state::none);
}

TEST(SealedFile, FindsRecordsAndRowsAmongMany) {
  fault_disk files;
  ASSERT_TRUE(files.make_directory("history"));
  auto out = sealed_writer::create(files, sealed_file::path_of(1), 1 << 16);
  ASSERT_TRUE(out);
  // 3,000 streams with a few records each, one with many, and some rows.
  constexpr std::uint64_t long_one = 1500;
  for (std::uint64_t n = 0; n < 3000; ++n) {
    const std::uint64_t records = n == long_one ? 5000 : n % 4;
    for (std::uint64_t seq = 5; seq < 5 + records; ++seq) {
      const std::string body = std::to_string(n) + "/" + std::to_string(seq);
      (*out)->add_record({{n, 1}, seq, static_cast<std::int64_t>(seq * 10), as_bytes(body)});
      if (!(*out)->wants_write()) continue;
      ASSERT_TRUE((*out)->write_some());
    }
  }
  for (std::uint64_t n = 0; n < 3000; n += 2) {
    (*out)->add_row({{row_kind::stream, {n, 1}}, n + 1, n, as_bytes(std::to_string(n))});
  }
  ASSERT_TRUE((*out)->finish());
  const auto opened = sealed_file::open(files, 1, (*out)->size());
  ASSERT_TRUE(opened);
  const sealed_file& file = **opened;

  for (std::uint64_t n = 0; n < 3000; n += 7) {
    bytes data;
    const auto row = file.find_row({row_kind::stream, {n, 1}}, data);
    ASSERT_TRUE(row);
    ASSERT_EQ(row->has_value(), n % 2 == 0);
    if (*row) {
      EXPECT_EQ(as_text((*row)->data), std::to_string(n));
    }
  }
  // Into the middle of the long one, without its begin.
  auto at = file.record_chunks();
  ASSERT_TRUE(at.seek(key_of({long_one, 1}, 3000)));
  ASSERT_EQ(*at.next(), more::yes);
  EXPECT_LE(at.contents().size(), chunk_limit);
  record_walk walk(at.contents());
  ASSERT_TRUE(walk.seek({long_one, 1}, 3000));
  ASSERT_TRUE(walk.next());
  EXPECT_EQ(walk.record().seq, 3000);
  EXPECT_EQ(walk.record().ts, 30'000);
  EXPECT_EQ(as_text(walk.record().body), "1500/3000");
}

TEST(SealedFile, WhatIsReadOnceIsWhatIsThereAndDamageIsFound) {
  fault_disk files;
  ASSERT_TRUE(files.make_directory("history"));
  auto out = sealed_writer::create(files, sealed_file::path_of(1), 1 << 16);
  ASSERT_TRUE(out);
  // More than is read ahead at a time, and than an index block has; one record alone is as large as what is read ahead.
  for (std::uint64_t n = 0; n < 300; ++n) {
    const bytes body(n == 150 ? sealed_file::read_ahead_bytes : 9000, static_cast<std::uint8_t>(n));
    (*out)->add_record({{n, 1}, 1, 0, body});
    ASSERT_TRUE((*out)->write_some());
  }
  ASSERT_TRUE((*out)->finish());
  const auto opened = sealed_file::open(files, 1, (*out)->size());
  ASSERT_TRUE(opened);
  auto again = (*opened)->record_chunks(reads::again);
  auto once = (*opened)->record_chunks(reads::once);
  ASSERT_TRUE(again.seek({}));
  ASSERT_TRUE(once.seek({}));
  int chunks = 0;
  for (; *again.next() == more::yes; ++chunks) {
    ASSERT_EQ(*once.next(), more::yes);
    ASSERT_TRUE(std::ranges::equal(once.contents(), again.contents())) << chunks;
  }
  EXPECT_EQ(*once.next(), more::no);
  EXPECT_EQ(chunks, 300);

  auto raw = files.open(sealed_file::path_of(1), disk::mode::open_existing);
  ASSERT_TRUE(raw);
  bytes flipped(1);
  ASSERT_TRUE((*raw)->read_at(20'000, flipped));
  flipped[0] ^= 1;
  const byte_span piece(flipped);
  ASSERT_TRUE((*raw)->write_at(20'000, {&piece, 1}));
  auto damaged = (*opened)->record_chunks(reads::once);
  ASSERT_TRUE(damaged.seek({}));
  EXPECT_EQ(*damaged.next(), more::yes);
  EXPECT_EQ(*damaged.next(), more::yes);
  EXPECT_EQ(damaged.next().error(), make_error_code(errc::corrupt));
}

TEST(SealedFile, TheFilterKnowsWhatIsThereAndMostOfWhatIsNot) {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t n = 0; n < 10'000; ++n) hashes.push_back(filter_hash(filter_records, {n, n}));
  const bytes filter = build_filter(hashes);
  int wrong = 0;
  for (std::uint64_t n = 0; n < 10'000; ++n) {
    EXPECT_TRUE(filter_may_have(filter, hashes[n]));
    wrong += filter_may_have(filter, filter_hash(filter_records, {n + 1'000'000, n})) ? 1 : 0;
  }
  EXPECT_LT(wrong, 200);
}

TEST(Manifest, ComesBackAsItWasAndDamageIsFound) {
  manifest m;
  m.sealed = {5, 900};
  m.positions[17] = 1'000'000;
  m.next_number = 12;
  m.files = {{3, 1, 1000}, {11, 0, 70'000}};
  const bytes data = encode(m);
  const auto back = decode_manifest(data);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->files, m.files);
  EXPECT_EQ(back->positions, m.positions);
  EXPECT_EQ(back->sealed.batch, 900);
  for (std::size_t i = 0; i < data.size(); ++i) {
    bytes damaged = data;
    damaged[i] ^= 1;
    EXPECT_FALSE(decode_manifest(damaged)) << i;
  }
}

TEST(Directory, D11_KeepsItsIdAndGetsANewOneAfterARestore) {
  fault_disk files;
  seeded_random random(1);
  const auto first = open_data_directory(files, random);
  ASSERT_TRUE(first);
  files.crash(random);
  const auto second = open_data_directory(files, random);
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
  const auto third = renew_data_directory(files, random);
  ASSERT_TRUE(third);
  EXPECT_NE(*first, *third);
  EXPECT_EQ(*open_data_directory(files, random), *third);
}

TEST(Directory, OneOfANewerVersionOrDamagedIsRefused) {
  log_start(log_level::off, false);
  for (const auto& [text, expected] : {std::pair{"Dunlin data, format 2\nid x\n", errc::newer},
                                       std::pair{"Dunlin data, format 1\nid x\n", errc::corrupt},
                                       std::pair{"", errc::corrupt}, std::pair{"something else", errc::corrupt}}) {
    fault_disk files;
    seeded_random random(1);
    auto out = files.open("DUNLIN", disk::mode::create_new);
    ASSERT_TRUE(out);
    const byte_span piece = as_bytes(text);
    ASSERT_TRUE((*out)->write_at(0, {&piece, 1}));
    EXPECT_EQ(open_data_directory(files, random).error(), make_error_code(expected)) << text;
  }
}

}  // namespace
}  // namespace dunlin::store
