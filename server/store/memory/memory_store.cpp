#include "store/memory/memory_store.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"

namespace dunlin::store {

struct memory_store::shard {
  int number = 0;
  applier* to = nullptr;
  ticket taken = 0;  // of the last entry kept
  ticket flushed = 0;
  ticket durable = 0;
  bool granted = false;
  applied scratch;
  applied_run run;

  std::deque<read_request> reads;
  std::deque<std::pair<std::uint64_t, row_key>> loads;
  std::vector<read_answer> read_answers;
  std::vector<load_answer> load_answers;
  std::deque<row_key> wanted;
  std::vector<published_row> published;

  std::unique_ptr<log> log_role;
  std::unique_ptr<history> history_role;
};

class memory_store::shard_log_impl final : public log {
 public:
  shard_log_impl(memory_store& store, shard& s) : store_(store), shard_(s) {}

  space reserve(std::size_t /*bytes*/, space_for whom) override {
    const auto i = static_cast<std::size_t>(whom);
    if (store_.space_[i] != space::granted) return store_.space_[i];
    ++store_.reserved_[i];
    shard_.granted = true;
    return space::granted;
  }

  void submit(partition_id partition, byte_span content, void* context) override {
    begin(partition);
    entry e = next_entry(partition, content);
    applied& out = shard_.scratch;
    out.clear();
    out.when = shard_.taken + 1;
    shard_.to->apply(partition, e.pos, e.content, context, out);
    if (!out.keep) return;
    e.stream = out.stream;
    e.seq = out.seq;
    e.ts = out.ts;
    e.record.assign(out.record.begin(), out.record.end());
    e.outcome = out.outcome;
    e.touched = out.touched;
    keep(std::move(e), out.when, out.slot);
  }

  void submit_run(partition_id partition, std::span<const byte_span> contents, void* context) override {
    begin(partition);
    applied_run& out = shard_.run;
    DUNLIN_CHECK(!contents.empty() && contents.size() <= applied_run::max_entries);
    out.slot = nullptr;
    out.when = shard_.taken + 1;
    shard_.to->apply_run(partition, store_.next_[partition], contents, context, out);
    if (out.slot == nullptr) return;
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const auto& made = out.list[i];
      if (made.seq == 0) continue;
      entry e = next_entry(partition, contents[i]);
      e.stream = out.stream;
      e.seq = made.seq;
      e.ts = made.ts;
      e.record.assign(contents[i].begin() + static_cast<std::ptrdiff_t>(made.record_at), contents[i].end());
      keep(std::move(e), out.when, out.slot);
    }
  }

  [[nodiscard]] ticket taken() const override { return shard_.taken; }
  [[nodiscard]] ticket durable() const override { return shard_.durable; }
  using log::flush;
  bool flush(std::size_t /*enough*/) override {
    shard_.flushed = shard_.taken;
    if (!store_.hold_durable_) store_.make_durable(shard_, shard_.flushed);
    return false;
  }

 private:
  void begin(partition_id partition) {
    DUNLIN_CHECK(shard_.to != nullptr);
    DUNLIN_CHECK(shard_.granted);  // reserve() comes before each submit
    DUNLIN_CHECK(&store_.shard_of(partition) == &shard_);
    shard_.granted = false;
  }
  entry next_entry(partition_id partition, byte_span content) {
    entry e;
    e.partition = partition;
    e.pos = store_.next_[partition];
    e.content.assign(content.begin(), content.end());
    return e;
  }
  void keep(entry&& e, ticket when, index_slot* slot) {
    ++store_.next_[e.partition];
    e.when = shard_.taken = when;
    if (e.seq != 0) {
      DUNLIN_CHECK(slot != nullptr);
      *slot = 1;
      ++store_.unsealed_records_[e.stream];
      store_.add_record(e);
    }
    store_.entries_.push_back(std::move(e));
  }

  memory_store& store_;
  shard& shard_;
};

class memory_store::shard_history_impl final : public history {
 public:
  shard_history_impl(memory_store& store, shard& s) : store_(store), shard_(s) {}

  bool read(const read_request& request) override {
    if (shard_.reads.size() + shard_.loads.size() >= max_requests) return false;
    shard_.reads.push_back(request);
    return true;
  }
  bool load(std::uint64_t token, const row_key& key) override {
    if (shard_.reads.size() + shard_.loads.size() >= max_requests) return false;
    shard_.loads.emplace_back(token, key);
    return true;
  }
  void poll(std::vector<read_answer>& reads, std::vector<load_answer>& loads) override {
    if (!store_.hold_reads_) store_.answer(shard_);
    std::move(shard_.read_answers.begin(), shard_.read_answers.end(), std::back_inserter(reads));
    std::move(shard_.load_answers.begin(), shard_.load_answers.end(), std::back_inserter(loads));
    shard_.read_answers.clear();
    shard_.load_answers.clear();
  }
  void poll_wanted(std::vector<row_key>& keys, std::size_t most) override {
    while (most-- > 0 && !shard_.wanted.empty()) {
      keys.push_back(shard_.wanted.front());
      shard_.wanted.pop_front();
    }
  }
  void give_row(const row_key& key, position pos, ticket when, std::uint64_t kept_from, byte_span data) override {
    const auto at = store_.collected_.find(key);
    DUNLIN_CHECK(at != store_.collected_.end() && store_.unanswered_ > 0);
    at->second = row{pos, when, kept_from, {data.begin(), data.end()}};
    --store_.unanswered_;
    store_.finish_seal();
  }
  void skip_row(const row_key& key) override {
    DUNLIN_CHECK(store_.collected_.contains(key) && store_.unanswered_ > 0);
    --store_.unanswered_;
    store_.finish_seal();
  }
  void poll_published(std::vector<published_row>& rows) override {
    rows.insert(rows.end(), shard_.published.begin(), shard_.published.end());
    shard_.published.clear();
  }
  bool holds_unsealed(stream_id stream, index_slot& slot) override {
    if (slot != 0 && !store_.unsealed_records_.contains(stream)) slot = 0;
    return slot != 0;
  }
  load_answer load_now(const row_key& key) override {
    load_answer out;
    const auto at = store_.rows_.find(key);
    if (at == store_.rows_.end()) return out;
    out.found = true;
    out.pos = at->second.pos;
    out.row = at->second.data;
    return out;
  }

 private:
  memory_store& store_;
  shard& shard_;
};

memory_store::memory_store(int shards) {
  next_.fill(1);
  start(shards);
}

memory_store::~memory_store() = default;

void memory_store::start(int shards) {
  shards_.clear();
  for (int i = 0; i < shards; ++i) {
    auto s = std::make_unique<shard>();
    s->number = i;
    s->log_role = std::make_unique<shard_log_impl>(*this, *s);
    s->history_role = std::make_unique<shard_history_impl>(*this, *s);
    shards_.push_back(std::move(s));
  }
}

log& memory_store::shard_log(int number) { return *shards_.at(static_cast<std::size_t>(number))->log_role; }
history& memory_store::shard_history(int number) { return *shards_.at(static_cast<std::size_t>(number))->history_role; }

status memory_store::recover(int number, applier& to) {
  shard& s = *shards_.at(static_cast<std::size_t>(number));
  s.to = &to;
  for (std::size_t i = sealed_; i < entries_.size(); ++i) {
    const entry& e = entries_[i];
    if (&shard_of(e.partition) != &s) continue;
    DUNLIN_TRY_ASSIGN(index_slot* const slot,
                      to.redo({e.partition, e.pos, e.content, e.outcome, e.stream, e.seq, e.ts}));
    DUNLIN_CHECK((slot != nullptr) == (e.seq != 0));
    if (slot == nullptr) continue;
    *slot = 1;
    ++unsealed_records_[e.stream];
  }
  return ok();
}

void memory_store::add_record(const entry& e) { records_[e.stream][e.seq] = {e.ts, e.record}; }

void memory_store::make_durable(shard& s, ticket through) {
  through = std::min(through, s.flushed);
  if (through <= s.durable) return;
  s.durable = through;
  finish_seal();
  if (wake_) wake_(s.number);
}

void memory_store::sync() {
  for (auto& s : shards_) make_durable(*s, s->flushed);
}

void memory_store::sync(int number, ticket through) {
  make_durable(*shards_.at(static_cast<std::size_t>(number)), through);
}

void memory_store::set_space(space client, space upkeep) { space_ = {client, upkeep}; }

std::size_t memory_store::requests_under_way(int number) const {
  const shard& s = *shards_.at(static_cast<std::size_t>(number));
  return s.reads.size() + s.loads.size();
}

void memory_store::answer() {
  for (auto& s : shards_) {
    answer(*s);
    if (wake_) wake_(s->number);
  }
}

void memory_store::answer(shard& s) {
  for (const read_request& request : s.reads) s.read_answers.push_back(answer(request));
  s.reads.clear();
  for (const auto& [token, key] : s.loads) {
    load_answer out = s.history_role->load_now(key);
    out.token = token;
    if (fail_load_) {
      out.error = *fail_load_;
      out.found = false;
      out.row.clear();
      fail_load_.reset();
    }
    s.load_answers.push_back(std::move(out));
  }
  s.loads.clear();
}

read_answer memory_store::answer(const read_request& request) {
  read_answer out;
  out.token = request.token;
  if (fail_read_) {
    out.error = *fail_read_;
    fail_read_.reset();
    return out;
  }
  const auto stream = records_.find(request.stream);
  if (stream == records_.end()) return out;
  auto data = std::make_shared<bytes>();
  std::vector<std::size_t> ends;
  for (auto at = stream->second.lower_bound(request.from); at != stream->second.end(); ++at) {
    const auto& [seq, found] = *at;
    if (seq > request.through || out.records.size() >= request.max_records) break;
    if (!out.records.empty() && data->size() + found.body.size() > request.max_bytes) break;
    out.records.push_back({seq, found.ts, {}});
    data->insert(data->end(), found.body.begin(), found.body.end());
    ends.push_back(data->size());
  }
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    out.records[i].body = byte_span(*data).subspan(begin, ends[i] - begin);
    begin = ends[i];
  }
  out.data = std::move(data);
  return out;
}

bool memory_store::seal() {
  if (sealing_) return false;
  std::size_t through = sealed_;
  while (through < entries_.size() && entries_[through].when <= shard_of(entries_[through].partition).durable) {
    ++through;
  }
  std::set<row_key> keys;
  for (std::size_t i = sealed_; i < through; ++i) {
    const entry& e = entries_[i];
    if (e.seq != 0) keys.insert({row_kind::stream, e.stream});
    keys.insert(e.touched.begin(), e.touched.end());
  }
  sealing_ = true;
  seal_through_ = through;
  unanswered_ = keys.size();
  collected_.clear();
  for (const row_key& key : keys) {
    collected_.emplace(key, std::nullopt);
    shard_of(partition_of(key.id)).wanted.push_back(key);
  }
  for (auto& s : shards_) {
    if (wake_ && !s->wanted.empty()) wake_(s->number);
  }
  finish_seal();
  return true;
}

void memory_store::finish_seal() {
  if (!sealing_ || unanswered_ > 0) return;
  for (const auto& [key, given] : collected_) {
    if (given && given->when > shard_of(partition_of(key.id)).durable) return;
  }
  for (auto& [key, given] : collected_) {
    if (!given) continue;
    shard_of(partition_of(key.id)).published.push_back({key, given->pos});
    rows_[key] = std::move(*given);
  }
  for (; sealed_ < seal_through_; ++sealed_) {
    const entry& e = entries_[sealed_];
    if (e.seq == 0) continue;
    const auto count = unsealed_records_.find(e.stream);
    if (--count->second == 0) unsealed_records_.erase(count);
  }
  sealing_ = false;
  for (auto& s : shards_) {
    if (wake_ && !s->published.empty()) wake_(s->number);
  }
}

void memory_store::merge() {
  for (auto& [key, found] : rows_) {
    if (key.kind != row_kind::stream) continue;
    const auto stream = records_.find(key.id);
    if (stream == records_.end()) continue;
    stream->second.erase(stream->second.begin(), stream->second.lower_bound(found.kept_from));
  }
}

const bytes* memory_store::newest_row(const row_key& key) const {
  const auto at = rows_.find(key);
  return at == rows_.end() ? nullptr : &at->second.data;
}

void memory_store::crash(int shards) {
  // What is not durable lies behind what is, in each shard's own order; in the common order they are mixed.
  std::deque<entry> kept;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    entry& e = entries_[i];
    if (i < sealed_ || e.when <= shard_of(e.partition).durable) {
      e.when = 0;  // tickets start anew with the process; this one is durable
      kept.push_back(std::move(e));
      continue;
    }
    next_[e.partition] = std::min(next_[e.partition], e.pos);
    if (e.seq != 0) records_[e.stream].erase(e.seq);
  }
  entries_ = std::move(kept);
  unsealed_records_.clear();
  sealing_ = false;
  collected_.clear();
  unanswered_ = 0;
  start(shards);
}

}  // namespace dunlin::store
