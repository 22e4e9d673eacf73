#include "store/embedded/recovery.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/check.hpp"
#include "base/crc32c.hpp"
#include "base/log.hpp"
#include "base/planted.hpp"

namespace dunlin::store {

namespace {

struct found_frame {
  frame_header header;
  byte_span contents;
};

// The valid frame of any batch at `offset`, if there is one. Errors are those of the disk.
result<std::optional<found_frame>> frame_at(const segment& in, std::uint64_t offset, bytes& buffer) {
  std::optional<found_frame> none;
  if (offset > in.size || in.size - offset < frame_header_size) return none;
  DUNLIN_TRY_ASSIGN(const byte_span head, in.read(offset, frame_header_size, buffer));
  const auto header = read_frame_header(in.header, head);
  if (!header || header->length > in.size - offset - frame_header_size) return none;
  DUNLIN_TRY_ASSIGN(const byte_span contents, in.read(offset + frame_header_size, header->length, buffer));
  if (crc32c(0, contents) != header->contents_crc) return none;
  return std::optional<found_frame>(found_frame{*header, contents});
}

std::uint64_t behind(std::uint64_t offset, const frame_header& frame) {
  return align_frame(offset + frame_header_size + frame.length);
}

// Finds where the frames end: at `limit`, which the next segment's header names, or where nothing valid follows.
struct scan {
  std::uint64_t end = frames_begin;
  std::uint64_t next_batch = 0;
};
result<scan> scan_frames(const segment& in, std::uint64_t limit) {
  scan out;
  out.next_batch = in.header.first_batch;
  bytes buffer;
  while (out.end < limit) {
    DUNLIN_TRY_ASSIGN(const auto frame, frame_at(in, out.end, buffer));
    if (!frame || frame->header.batch != out.next_batch) break;
    out.end = behind(out.end, frame->header);
    ++out.next_batch;
  }
  return out;
}

// The offset of a valid frame of a batch after `batch`, at or behind `from`.
result<std::optional<std::uint64_t>> find_later(const segment& in, std::uint64_t from, std::uint64_t batch) {
  bytes buffer;
  for (std::uint64_t at = from; at + frame_header_size <= in.size; at += frame_alignment) {
    DUNLIN_TRY_ASSIGN(const auto frame, frame_at(in, at, buffer));
    if (frame && frame->header.batch > batch) return std::optional<std::uint64_t>(at);
  }
  return std::optional<std::uint64_t>();
}

std::error_code damaged(std::string_view what, const segment& in, std::uint64_t offset) {
  log_error("the log is damaged: starting would lose acknowledged messages",
            {{"what", what}, {"file", in.path}, {"generation", in.header.generation}, {"offset", offset}});
  return errc::corrupt;
}

// The segments that hang together, oldest first: from the newest, each header names the one before.
result<std::vector<segment_ref>> chain_of(std::map<std::uint64_t, segment_ref>& by_generation,
                                          const sealed_point& sealed) {
  std::vector<segment_ref> chain;
  if (by_generation.empty()) return chain;
  auto at = by_generation.find(by_generation.rbegin()->first);
  while (true) {
    segment_ref s = at->second;
    by_generation.erase(at);
    chain.push_back(s);
    if (s->header.previous <= sealed.generation) break;
    at = by_generation.find(s->header.previous);
    if (at == by_generation.end()) return damaged("the segment before this one is missing", *s, 0);
  }
  std::reverse(chain.begin(), chain.end());
  if (chain.front()->header.first_batch != sealed.batch + 1) {
    return damaged("batches before this segment are missing", *chain.front(), frames_begin);
  }
  return chain;
}

status scan_chain(recovered_log& out) {
  for (std::size_t i = 0; i < out.chain.size(); ++i) {
    segment& s = *out.chain[i];
    const bool last = i + 1 == out.chain.size();
    const std::uint64_t limit = last ? s.size : out.chain[i + 1]->header.previous_end;
    DUNLIN_TRY_ASSIGN(const scan found, scan_frames(s, limit));
    s.end = found.end;
    s.last_batch = found.next_batch - 1;
    out.bytes += s.end - frames_begin;
    out.next_batch = found.next_batch;
    if (!last) {
      if (found.end != limit) return damaged("a frame cannot be read, and a later segment follows", s, found.end);
      if (found.next_batch != out.chain[i + 1]->header.first_batch) {
        return damaged("batches are missing at the end of this segment", s, found.end);
      }
      continue;
    }
    DUNLIN_TRY_ASSIGN(const auto later, find_later(s, found.end, found.next_batch));
    if (later) return damaged("a frame cannot be read, and a later one can", s, found.end);
  }
  return ok();
}

status write_frame(segment& to, std::uint64_t offset, std::uint64_t batch, byte_span contents) {
  std::array<std::uint8_t, frame_header_size> head;
  write_frame_header(to.header, {static_cast<std::uint32_t>(contents.size()), crc32c(0, contents), batch}, head.data());
  const std::array<byte_span, 2> pieces{byte_span(head), contents};
  return to.data->write_at(offset, pieces);
}

// The last frame of the chain, taken off it, with the segment that holds it if that has no other.
struct last_frame {
  bytes contents;
  segment_ref holder;
};
result<last_frame> take_last_frame(recovered_log& found) {
  while (!found.chain.empty() && found.chain.back()->end == frames_begin) {
    found.unused.push_back(std::move(found.chain.back()));
    found.chain.pop_back();
  }
  last_frame out;
  if (found.chain.empty()) return out;
  segment& s = *found.chain.back();
  std::uint64_t begin = frames_begin;
  bytes buffer;
  for (std::uint64_t at = frames_begin; at < s.end;) {
    DUNLIN_TRY_ASSIGN(const auto frame, frame_at(s, at, buffer));
    if (!frame) return make_error_code(errc::corrupt);
    begin = at;
    at = behind(at, frame->header);
    if (at == s.end) out.contents.assign(frame->contents.begin(), frame->contents.end());
  }
  s.end = begin;
  --s.last_batch;
  if (s.end == frames_begin) {
    out.holder = std::move(found.chain.back());
    found.chain.pop_back();
  }
  return out;
}

// A file for the new segment, which holds at least `least` bytes: one that is not in use, or a new one. A full disk
// must not keep the server from what it has: there a small one will do, until there is room for others.
result<segment_ref> file_for(recovered_log& found, std::uint64_t least, segments& into) {
  const std::uint64_t size = std::max(into.segment_bytes(), least);
  for (auto& s : found.unused) {
    if (s->size < size) continue;
    segment_ref out = std::move(s);
    std::erase(found.unused, nullptr);
    return out;
  }
  auto made = into.create(size);
  if (!made && made.error() == errc::no_space && least < size) return into.create(least);
  return made;
}

}  // namespace

result<recovered_log> scan_log(disk& files, const sealed_point& sealed) {
  recovered_log out;
  out.next_batch = sealed.batch + 1;
  out.highest_generation = sealed.generation;
  std::map<std::uint64_t, segment_ref> by_generation;
  DUNLIN_TRY(files.make_directory(segments::directory));
  DUNLIN_TRY_ASSIGN(const std::vector<std::string> names, files.list(segments::directory));
  for (const std::string& name : names) {
    const std::string path = std::string(segments::directory) + "/" + name;
    if (!name.ends_with(".seg")) {
      DUNLIN_TRY(files.remove(path));
      continue;
    }
    out.highest_number = std::max(out.highest_number, number_of_segment(path));
    DUNLIN_TRY_ASSIGN(segment_ref s, open_segment(files, path));
    bytes buffer;
    header_state state = header_state::none;
    if (s->size >= frames_begin) {
      DUNLIN_TRY_ASSIGN(const byte_span head, s->read(0, segment_header_size, buffer));
      state = read_segment_header(head, s->header);
    }
    if (state == header_state::newer) {
      log_error("the log was written by a newer version of Dunlin", {{"file", path}});
      return make_error_code(errc::newer);
    }
    if (state == header_state::valid) {
      out.highest_generation = std::max(out.highest_generation, s->header.generation);
      if (s->header.generation > sealed.generation) {
        if (by_generation.contains(s->header.generation)) return damaged("two segments are the same", *s, 0);
        by_generation[s->header.generation] = std::move(s);
        continue;
      }
    }
    out.unused.push_back(std::move(s));
  }
  DUNLIN_TRY_ASSIGN(out.chain, chain_of(by_generation, sealed));
  for (auto& [generation, s] : by_generation) out.unused.push_back(std::move(s));
  DUNLIN_TRY(scan_chain(out));
  return out;
}

result<log_end> open_log_end(recovered_log found, const sealed_point& sealed, segments& into, random_source& random) {
  log_end out;
  out.next_batch = found.next_batch;
  out.highest_generation = found.highest_generation;
  into.number_files_from(found.highest_number + 1);
  if (planted(bug::recovery_in_old_segment) && !found.chain.empty()) {
    out.current = found.chain.back();
    out.offset = out.current->end;
    into.adopt_live(std::move(found.chain), sealed.generation);
    into.adopt_free(std::move(found.unused));
    into.go_on();
    return out;
  }
  DUNLIN_TRY_ASSIGN(last_frame tail, take_last_frame(found));
  const bytes& last = tail.contents;
  out.previous = found.chain.empty() ? sealed.generation : found.chain.back()->header.generation;
  out.previous_end = found.chain.empty() ? 0 : found.chain.back()->end;
  segment_ref fresh;
  if (!last.empty()) {
    const std::uint64_t needed = align_frame(frames_begin + frame_header_size + last.size());
    DUNLIN_TRY_ASSIGN(fresh, file_for(found, needed, into));
    fresh->header = {++out.highest_generation, random.next(), out.previous, out.previous_end, found.next_batch - 1};
    // The header last: once it is there, the old segment's end is where it says.
    DUNLIN_TRY(write_frame(*fresh, frames_begin, found.next_batch - 1, last));
    DUNLIN_TRY(fresh->data->sync());
    bytes header;
    write_segment_header(fresh->header, header);
    const byte_span piece(header);
    DUNLIN_TRY(fresh->data->write_at(0, {&piece, 1}));
    DUNLIN_TRY(fresh->data->sync());
    out.offset = align_frame(frames_begin + frame_header_size + last.size());
    fresh->end = out.offset;
    fresh->last_batch = found.next_batch - 1;
    out.current = fresh;
    found.chain.push_back(std::move(fresh));
    // Not before: until now it held the only copy.
    if (tail.holder != nullptr) found.unused.push_back(std::move(tail.holder));
  }
  into.adopt_live(std::move(found.chain), sealed.generation);
  into.adopt_free(std::move(found.unused));
  if (out.current != nullptr) into.go_on();
  return out;
}

status each_frame(const segment& in, const std::function<status(byte_span, std::uint64_t)>& take) {
  bytes buffer;
  std::uint64_t batch = in.header.first_batch;
  for (std::uint64_t at = frames_begin; at < in.end; ++batch) {
    DUNLIN_TRY_ASSIGN(const auto frame, frame_at(in, at, buffer));
    if (!frame || frame->header.batch != batch) return damaged("a frame cannot be read", in, at);
    DUNLIN_TRY(take(frame->contents, at + frame_header_size));
    at = behind(at, frame->header);
  }
  return ok();
}

}  // namespace dunlin::store
