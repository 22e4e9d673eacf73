// What every history does (rules L2, L5, R3 of the history role). As log_contract.hpp.
#pragma once

#include "store/contract/log_contract.hpp"

namespace dunlin::store {

class HistoryContract : public LogContract {
 protected:
  history& history_of(stream_id id) { return store_->shard_history(shard_of(id)); }

  void send(stream_id id, int n) {
    for (int i = 0; i < n; ++i) {
      submit(id, text_of(applier_of(id).at(id).head + 1));
      if (i % 8 == 7) settle();
    }
    settle();
  }
  static std::string text_of(std::uint64_t seq) { return "record " + std::to_string(seq) + std::string(seq % 50, '.'); }

  read_answer read(stream_id id, std::uint64_t from, std::uint32_t max_records = 1000, std::uint64_t through = ~0ULL,
                   std::uint32_t max_bytes = 1 << 20) {
    const std::uint64_t head = applier_of(id).at(id).head;
    read_request request{.token = ++token_,
                         .stream = id,
                         .slot = applier_of(id).at(id).slot,
                         .from = from,
                         .through = std::min(through, head),
                         .max_records = max_records,
                         .max_bytes = max_bytes};
    EXPECT_TRUE(history_of(id).read(request));
    std::vector<read_answer> reads;
    for (int i = 0; i < 1000 && reads.empty(); ++i) {
      settle();
      history_of(id).poll(reads, loads_);
    }
    EXPECT_EQ(reads.size(), 1);
    if (reads.empty()) return {};
    EXPECT_EQ(reads[0].token, token_);
    return std::move(reads[0]);
  }
  void expect_records(stream_id id, std::uint64_t from, std::uint64_t through) {
    const read_answer answer = read(id, from, 1000, through);
    ASSERT_FALSE(answer.error) << answer.error.message();
    ASSERT_EQ(answer.records.size(), through + 1 - from);
    for (std::uint64_t seq = from; seq <= through; ++seq) {
      const stored_record& r = answer.records[seq - from];
      EXPECT_EQ(r.seq, seq);
      EXPECT_EQ(as_text(r.body), text_of(seq));
    }
  }
  load_answer load(const row_key& key) {
    EXPECT_TRUE(history_of(key.id).load(++token_, key));
    std::vector<read_answer> reads;
    loads_.clear();
    for (int i = 0; i < 1000 && loads_.empty(); ++i) {
      settle();
      history_of(key.id).poll(reads, loads_);
    }
    EXPECT_EQ(loads_.size(), 1);
    return loads_.empty() ? load_answer{} : std::move(loads_[0]);
  }
  void give_rows() {
    for (std::size_t s = 0; s < appliers_.size(); ++s) {
      const int shard = static_cast<int>(s);
      appliers_[s]->give_rows(store_->shard_history(shard), store_->shard_log(shard));
    }
  }
  void seal() {
    store_->begin_seal();
    for (int i = 0; i < 1000 && !store_->is_sealed(); ++i) {
      give_rows();
      settle();
      store_->step();
    }
    ASSERT_TRUE(store_->is_sealed());
  }

  std::uint64_t token_ = 0;
  std::vector<load_answer> loads_;
};

TEST_P(HistoryContract, L2_AReadGivesAnAscendingDenseRange) {
  send(a_, 20);
  expect_records(a_, 1, 20);
  expect_records(a_, 7, 12);
  EXPECT_TRUE(read(a_, 21).records.empty());
  EXPECT_TRUE(read(b_, 1).records.empty()) << "a stream without records";
}

TEST_P(HistoryContract, AReadIsBoundedByRecordsAndByBytesButGivesAtLeastOne) {
  send(a_, 20);
  EXPECT_EQ(read(a_, 3, 4).records.size(), 4);
  EXPECT_EQ(read(a_, 3, 4).records.front().seq, 3);
  EXPECT_EQ(read(a_, 3, 100, ~0ULL, 1).records.size(), 1);
  const auto some = read(a_, 1, 100, ~0ULL, 60).records;
  EXPECT_GT(some.size(), 1);
  EXPECT_LT(some.size(), 20);
}

TEST_P(HistoryContract, L2_AReadMayIncludeWhatIsNotDurableYet) {
  send(a_, 3);
  submit(a_, text_of(4));
  expect_records(a_, 1, 4);
}

TEST_P(HistoryContract, L5_AReadAcrossSealedAndUnsealedRecordsIsOneRange) {
  send(a_, 30);
  send(b_, 5);
  seal();
  send(a_, 10);
  expect_records(a_, 1, 40);
  expect_records(a_, 28, 33);
  expect_records(b_, 1, 5);
  seal();
  send(a_, 3);
  expect_records(a_, 1, 43);
}

TEST_P(HistoryContract, L5_ARowIsNotPublishedBeforeItsTicketIsDurable) {
  send(a_, 3);
  store_->begin_seal();
  submit(a_, text_of(4));  // the row that is given includes it
  for (int i = 0; i < 50; ++i) {
    give_rows();
    store_->step();
  }
  EXPECT_FALSE(store_->is_sealed());
  for (int i = 0; i < 1000 && !store_->is_sealed(); ++i) {
    give_rows();
    settle();
    store_->step();
  }
  EXPECT_TRUE(store_->is_sealed());
}

TEST_P(HistoryContract, L5_ShardsLearnWhichRowsArePublishedAndReadTheNewestBack) {
  send(a_, 3);
  seal();
  send(a_, 2);
  seal();
  std::vector<published_row> published;
  std::vector<published_row> some;
  do {
    some.clear();
    history_of(a_).poll_published(some);
    published.insert(published.end(), some.begin(), some.end());
  } while (!some.empty());
  position newest = 0;
  for (const auto& p : published) {
    if (p.key == row_key{row_kind::stream, a_}) newest = std::max(newest, p.pos);
  }
  EXPECT_GE(newest, 5);
  const load_answer row = load({row_kind::stream, a_});
  ASSERT_FALSE(row.error);
  ASSERT_TRUE(row.found);
  EXPECT_EQ(row.pos, newest);
  EXPECT_EQ(byte_reader(row.row).varint(), 5) << "its head";
  EXPECT_EQ(history_of(a_).load_now({row_kind::stream, a_}).row, row.row);
}

TEST_P(HistoryContract, ARowThatThereIsNotIsNotFound) {
  send(a_, 3);
  seal();
  EXPECT_FALSE(load({row_kind::stream, b_}).found);
  EXPECT_FALSE(load({row_kind::inbox, a_}).found);
}

TEST_P(HistoryContract, L5_ASlotIsClearedWhenAllRecordsOfTheStreamAreSealed) {
  send(a_, 3);
  index_slot& slot = applier_of(a_).at(a_).slot;
  EXPECT_TRUE(history_of(a_).holds_unsealed(a_, slot));
  EXPECT_NE(slot, 0);
  seal();
  EXPECT_FALSE(history_of(a_).holds_unsealed(a_, slot));
  EXPECT_EQ(slot, 0);
  send(a_, 1);
  EXPECT_TRUE(history_of(a_).holds_unsealed(a_, slot));
  expect_records(a_, 1, 4);
}

TEST_P(HistoryContract, L5_ASkippedRowLeavesTheOneThatIsPublished) {
  send(a_, 3);
  seal();
  send(a_, 2);
  store_->begin_seal();
  for (int i = 0; i < 1000 && !store_->is_sealed(); ++i) {
    for (int shard = 0; shard < 2; ++shard) {
      std::vector<row_key> wanted;
      store_->shard_history(shard).poll_wanted(wanted, 100);
      for (const row_key& key : wanted) store_->shard_history(shard).skip_row(key);
    }
    settle();
    store_->step();
  }
  ASSERT_TRUE(store_->is_sealed());
  EXPECT_EQ(byte_reader(load({row_kind::stream, a_}).row).varint(), 3);
}

TEST_P(HistoryContract, L5_RecordsAndRowsOutliveACrashAfterSealing) {
  send(a_, 20);
  submit(a_, ".note");
  settle();
  seal();
  send(a_, 5);
  crash(2);
  EXPECT_EQ(applier_of(a_).at(a_).head, 25);
  EXPECT_EQ(applier_of(a_).count(partition_row(4)).n, 1);
  expect_records(a_, 1, 25);
}

TEST_P(HistoryContract, RequestsUnderWayAreBounded) {
  send(a_, 1);
  const read_request request{.stream = a_, .slot = applier_of(a_).at(a_).slot, .max_records = 1, .max_bytes = 1};
  int taken = 0;
  while (taken < 100'000 && history_of(a_).read(request)) ++taken;
  EXPECT_LT(taken, 100'000);
  EXPECT_FALSE(history_of(a_).load(1, {row_kind::stream, a_}));
  std::vector<read_answer> reads;
  for (int i = 0; i < 1000; ++i) {
    store_->settle();
    history_of(a_).poll(reads, loads_);
  }
  EXPECT_EQ(reads.size(), static_cast<std::size_t>(taken)) << "and each is answered";
  EXPECT_TRUE(history_of(a_).read(request));
}

}  // namespace dunlin::store
