#include "store/embedded/reader.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace dunlin::store {

namespace {

// A sealed file that has records of the stream, with the chunk loaded where they begin.
struct source {
  sealed_file::chunk_cursor chunks;
  record_walk walk;
};

// Positions `out` before the first record of the stream at or behind `from`. `found`: there is one in this file.
struct probe {
  bool found = false;
  bool covers = false;  // it is `from` itself: no older file matters
};
result<probe> look_for(const sealed_file& in, stream_id stream, std::uint64_t from, source& out) {
  probe p;
  out.chunks = in.record_chunks();
  DUNLIN_TRY_ASSIGN(const more any, out.chunks.seek(key_of(stream, from)));
  if (any == more::no) return p;
  // The chunk that begins at or before it, and if it ends before, the next.
  for (int i = 0; i < 2; ++i) {
    DUNLIN_TRY_ASSIGN(const more chunk, out.chunks.next());
    if (chunk == more::no) return p;
    record_walk walk(out.chunks.contents());
    if (walk.seek(stream, from)) {
      record_walk first = walk;
      if (!first.next()) return make_error_code(errc::corrupt);
      p.found = first.record().stream == stream;
      p.covers = p.found && first.record().seq == from;
      out.walk = walk;
      return p;
    }
    if (!walk.ok()) return make_error_code(errc::corrupt);
  }
  return p;
}

}  // namespace

void reader::collected::add(std::uint64_t seq, std::int64_t ts, byte_span body) {
  if (records.size() >= wanted.max_records || (!records.empty() && data.size() + body.size() > wanted.max_bytes)) {
    full = true;
    return;
  }
  records.push_back({seq, ts, data.size(), body.size()});
  data.insert(data.end(), body.begin(), body.end());
  full = records.size() == wanted.max_records;
}

reader::reader(sealed_files& files, std::vector<std::unique_ptr<reader_queue>>& shards, std::function<void(int)> wake,
               store_counters& counters)
    : files_(files), shards_(shards), wake_(std::move(wake)), counters_(counters) {}

bool reader::run_once() {
  bool any = false;
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    auto& q = *shards_[i];
    const std::size_t n = std::min(q.requests.available(), a_turn);
    for (std::size_t k = 0; k < n; ++k) {
      reader_request_ref request = q.requests.pop();
      answer(*request);
      // There is room: no more requests are under way than answers fit.
      DUNLIN_CHECK(q.answers.push(std::move(request)));
    }
    if (n > 0) wake_(static_cast<int>(i));
    any = any || n > 0;
    waiting += q.requests.available();
  }
  counters_.read_queue.set(static_cast<std::int64_t>(waiting));
  return any;
}

void reader::fail(const reader_request& request, const std::error_code& why) {
  if (why == errc::corrupt) counters_.corrupt.add();
  log_error("the history cannot be read", {{"id", to_text(request.is_load ? request.key.id : request.read.stream)},
                                           {"from", request.read.from},
                                           {"error", why.message()}});
}

void reader::answer(reader_request& request) {
  if (request.is_load) {
    counters_.loads.add();
    const auto snapshot = files_.snapshot();
    load_answer& out = request.load_result;
    const auto row = sealed_files::find_row(*snapshot, request.key, out.row);
    if (!row) {
      out.error = row.error();
      fail(request, row.error());
    } else if (*row) {
      out.found = true;
      out.pos = (*row)->pos;
    }
    return;
  }
  counters_.reads.add();
  collected found{request.read, {}, {}, request.read.max_records == 0};
  const status done = read(request, found);
  request.in.clear();
  request.places.clear();
  read_answer& out = request.read_result;
  if (!done) {
    out.error = done.error();
    fail(request, done.error());
    return;
  }
  auto data = std::make_shared<const bytes>(std::move(found.data));
  out.records.reserve(found.records.size());
  for (const found_record& r : found.records) {
    out.records.push_back({r.seq, r.ts, byte_span(*data).subspan(r.begin, r.size)});
  }
  out.data = std::move(data);
}

status reader::read(const reader_request& request, collected& out) {
  const std::uint64_t through =
      request.places.empty() ? request.read.through : std::min(request.read.through, request.first_unsealed - 1);
  if (request.read.from <= through) {
    const auto snapshot = files_.snapshot();
    DUNLIN_TRY(read_sealed(*snapshot, through, out));
  }
  return read_unsealed(request, out);
}

// From the newest file back to the one that has the first record wanted, then forward again: so a file that was merged
// or sealed a moment ago is seen exactly once.
status reader::read_sealed(const sealed_files::list& files, std::uint64_t through, collected& out) {
  const stream_id stream = out.wanted.stream;
  const std::uint64_t hash = filter_hash(filter_records, stream);
  std::vector<source> sources;
  for (std::size_t i = files.size(); i-- > 0;) {
    if (!files[i]->may_have(hash)) continue;
    source s;
    DUNLIN_TRY_ASSIGN(const probe p, look_for(*files[i], stream, out.wanted.from, s));
    if (p.found) sources.push_back(std::move(s));
    if (p.covers) break;
  }
  for (std::size_t i = sources.size(); i-- > 0 && !out.full;) {
    source& s = sources[i];
    bool behind = false;  // past what is wanted of this file
    while (!behind) {
      while (!behind && s.walk.next()) {
        const sealed_record& r = s.walk.record();
        behind = r.stream != stream || r.seq > through;
        if (!behind) out.add(r.seq, r.ts, r.body);
        if (out.full) return ok();
      }
      if (!s.walk.ok()) return make_error_code(errc::corrupt);
      if (behind) break;
      DUNLIN_TRY_ASSIGN(const more chunk, s.chunks.next());
      if (chunk == more::no) break;
      s.walk = record_walk(s.chunks.contents());
    }
  }
  return ok();
}

status reader::read_unsealed(const reader_request& request, collected& out) {
  bytes buffer;
  std::uint64_t seq = request.first_unsealed;
  const auto& places = request.places;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (out.full) return ok();
    if (i + segment::prefetch_ahead < places.size()) {
      const auto& ahead = places[i + segment::prefetch_ahead];
      request.in[ahead.segment]->prefetch(ahead.offset);
    }
    const auto& place = places[i];
    entry_view entry;
    DUNLIN_TRY(read_entry_at(*request.in[place.segment], place.offset, buffer, entry));
    if (entry.what.stream != request.read.stream || entry.what.seq != seq) return make_error_code(errc::corrupt);
    out.add(seq, entry.what.ts, entry.record);
    ++seq;
  }
  return ok();
}

}  // namespace dunlin::store
