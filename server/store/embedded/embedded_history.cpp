#include "store/embedded/embedded_history.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::store {

bool embedded_history::resolve(reader_request& request) {
  unsealed_index& index = around_.log.index();
  const read_request& wanted = request.read;
  const auto found = index.find(wanted.stream, wanted.slot, wanted.from, wanted.through);
  // No more than can be answered: what comes before from sealed files may make it fewer still.
  const std::size_t n = std::min<std::size_t>(found.places.size(), wanted.max_records);
  if (n == 0) return true;
  if (unsealed_index::batch_of(found.places[n - 1]) > index.placed()) return false;
  request.first_unsealed = found.first;
  request.places.reserve(n);
  for (const std::uint64_t place : found.places.first(n)) {
    const auto at = index.locate(place);
    if (request.in.empty() || request.in.back() != *at.in) request.in.push_back(*at.in);
    request.places.push_back(
        {static_cast<std::uint32_t>(request.in.size() - 1), static_cast<std::uint32_t>(at.offset)});
  }
  return true;
}

void embedded_history::send(reader_request_ref request) {
  DUNLIN_CHECK(around_.queue.requests.push(std::move(request)));
  around_.nudge_reader();
}

bool embedded_history::read(const read_request& request) {
  if (under_way_ == around_.options.max_requests) return false;
  ++under_way_;
  auto out = std::make_unique<reader_request>();
  out->read = request;
  out->read.max_records = std::min(request.max_records, around_.options.max_read_records);
  out->read.max_bytes = std::min(request.max_bytes, around_.options.max_read_bytes);
  out->read_result.token = request.token;
  if (resolve(*out)) {
    send(std::move(out));
  } else {
    early_.push_back(std::move(out));
  }
  return true;
}

bool embedded_history::load(std::uint64_t token, const row_key& key) {
  if (under_way_ == around_.options.max_requests) return false;
  ++under_way_;
  auto out = std::make_unique<reader_request>();
  out->is_load = true;
  out->key = key;
  out->load_result.token = token;
  send(std::move(out));
  return true;
}

void embedded_history::poll(std::vector<read_answer>& reads, std::vector<load_answer>& loads) {
  around_.log.collect();
  while (!early_.empty() && resolve(*early_.front())) {
    send(std::move(early_.front()));
    early_.pop_front();
  }
  for (std::size_t n = around_.queue.answers.available(); n > 0; --n, --under_way_) {
    const reader_request_ref done = around_.queue.answers.pop();
    if (done->is_load) {
      loads.push_back(std::move(done->load_result));
    } else {
      reads.push_back(std::move(done->read_result));
    }
  }
}

void embedded_history::poll_wanted(std::vector<row_key>& keys, std::size_t most) {
  for (std::size_t n = std::min(around_.rows.wanted.available(), most); n > 0; --n) {
    keys.push_back(around_.rows.wanted.pop());
  }
}

void embedded_history::give_row(const row_key& key, position pos, ticket when, std::uint64_t kept_from, byte_span row) {
  given_row out{key, false, pos, when, kept_from, {row.begin(), row.end()}};
  DUNLIN_CHECK(around_.rows.given.push(std::move(out)));
  around_.nudge_background();
}

void embedded_history::skip_row(const row_key& key) {
  given_row out{.key = key, .skipped = true};
  DUNLIN_CHECK(around_.rows.given.push(std::move(out)));
  around_.nudge_background();
}

void embedded_history::poll_published(std::vector<published_row>& rows) {
  if (published_ == nullptr) {
    if (around_.rows.published.available() == 0) return;
    published_ = around_.rows.published.pop();
    published_at_ = 0;
  }
  const std::size_t n = std::min(published_->size() - published_at_, published_a_poll);
  const auto begin = published_->begin() + static_cast<std::ptrdiff_t>(published_at_);
  rows.insert(rows.end(), begin, begin + static_cast<std::ptrdiff_t>(n));
  published_at_ += n;
  if (published_at_ == published_->size()) published_.reset();
}

bool embedded_history::holds_unsealed(stream_id stream, index_slot& slot) {
  around_.log.collect();
  return around_.log.index().holds(stream, slot);
}

load_answer embedded_history::load_now(const row_key& key) {
  load_answer out;
  const auto snapshot = around_.files.snapshot();
  const auto row = sealed_files::find_row(*snapshot, key, out.row);
  if (!row) {
    out.error = row.error();
    log_error("a state row cannot be read", {{"id", to_text(key.id)}, {"error", row.error().message()}});
  } else if (*row) {
    out.found = true;
    out.pos = (*row)->pos;
  }
  return out;
}

}  // namespace dunlin::store
