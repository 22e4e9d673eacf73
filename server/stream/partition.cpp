#include "stream/partition.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "store/errc.hpp"

namespace dunlin::stream {

namespace {
constexpr std::uint8_t row_format = 1;
}  // namespace

stream_state* partition::look_up(stream_id id) {
  const auto it = streams_.find(id);
  if (it == streams_.end()) return nullptr;
  return last_found_ = it->second.get();
}

inbox_state* partition::find_inbox(account_id id) {
  const auto it = inboxes_.find(id);
  return it == inboxes_.end() ? nullptr : it->second.get();
}

verdict partition::apply(store::position pos, byte_span entry, store::applied& out) {
  now_ = pos;
  out_ = &out;
  again_ = nullptr;
  told_.clear();
  told_count_ = 0;
  told_now_.clear();
  appended_ = nullptr;
  rest_.clear();
  const bool is_send = !entry.empty() && entry[0] == static_cast<std::uint8_t>(entry_kind::send);
  const verdict v = is_send ? apply_send(entry) : decide(entry);
  if (out.keep) {
    pos_ = pos;
    if (told_count_ != 0 || !rest_.empty()) finish_outcome();
  }
  return v;
}

verdict partition::decide(byte_span entry) {
  const auto what = kind_of(entry);
  if (!what) return verdict::refuse(reason::malformed);
  // Not yet: an entry that raises the rules is on its way.
  if (again_ == nullptr && rules_ < rules_version && rules_of(entry) > rules_) return verdict::refuse(reason::busy);
  switch (*what) {
    case entry_kind::send: return apply_send(entry);
    case entry_kind::create:
    case entry_kind::create_by: return apply_create(entry);
    case entry_kind::change:
    case entry_kind::change_by: return apply_change(entry);
    case entry_kind::marks: return apply_marks(entry);
    case entry_kind::cursors: return apply_cursors(entry);
    case entry_kind::effect: return apply_effect(entry);
    case entry_kind::account: return apply_account(entry);
    case entry_kind::trim: return apply_trim(entry);
    case entry_kind::rules: return apply_rules(entry);
    case entry_kind::seen: return apply_seen(entry);
    case entry_kind::depart: return apply_depart(entry);
    case entry_kind::settings: return apply_settings(entry);
    case entry_kind::profile: return apply_profile(entry);
  }
  return verdict::refuse(reason::malformed);
}

// An outcome is empty, or: the number of effects, each as target, n and body; then the rest of the server's own record.
void partition::finish_outcome() {
  byte_writer w(out_->outcome);
  w.varint(told_count_);
  w.raw(told_);
  if (rest_.empty()) return;
  const std::size_t at = w.size();
  w.raw(rest_);
  out_->record = byte_span(out_->outcome).subspan(at);
}

void partition::touch(stream_state& stream) {
  if (stream.pos == now_) return;
  stream.pos = now_;
  out_->keep = true;
  out_->touched.push_back({store::row_kind::stream, stream.id});
}

void partition::touch(inbox_state& inbox) {
  if (inbox.pos == now_) return;
  inbox.pos = now_;
  out_->keep = true;
  out_->touched.push_back({store::row_kind::inbox, account_stream(inbox.account)});
}

void partition::touch_own() {
  if (own_pos_ == now_) return;
  own_pos_ = now_;
  out_->keep = true;
  out_->touched.push_back(store::partition_row(id_));
}

verdict partition::append(stream_state& stream, wall_ms time, byte_span rest) {
  advance(stream, time);
  DUNLIN_CHECK(again_ == nullptr || (again_->seq == stream.head && again_->ts == stream.ts));
  out_->keep = true;
  out_->stream = stream.id;
  out_->seq = stream.head;
  out_->ts = stream.ts;
  out_->record = rest;
  out_->slot = &stream.slot;
  appended_ = &stream;
  return verdict::accept(stream.head, stream.ts);
}

verdict partition::append_own(stream_state& stream, wall_ms time, kind what, account_id actor, byte_span body,
                              const request& by) {
  rest_.clear();
  write_record_rest(
      rest_,
      {.account = actor, .device = by.device, .id = by.id, .kind = static_cast<std::uint32_t>(what), .body = body});
  return append(stream, time, rest_);
}

void partition::tell(const effect_body& body, stream_id target) {
  if (again_ != nullptr) return;  // the frame says what was told
  bytes data;
  write_effect_body(data, body);
  const partition_id to = partition_of(target);
  const std::uint64_t n = outbox_.add(to, data);
  byte_writer w(told_);
  w.u8(to);
  w.varint(n);
  w.field(data);
  ++told_count_;
  told_now_.push_back({to, n});
  touch_own();
}

verdict partition::apply_marks(byte_span data) {
  const auto parts = read_marks_entry(data);
  if (!parts) return verdict::refuse(reason::malformed);
  for (const auto& part : *parts) {
    stream_state* stream = find_stream(part.stream);
    if (stream == nullptr || !(fresh(stream->pos) || stream->pos == now_)) continue;
    member* m = stream->find_member(part.account);
    // A mark above the head cannot be: its sender counted what it was not given.
    const marks at{std::min(part.at.got, stream->head), std::min(part.at.all, stream->head),
                   std::min(part.at.read, stream->head)};
    if (m == nullptr || !m->at.merge(at)) continue;
    touch(*stream);
  }
  return verdict::accept(0, 0);
}

verdict partition::apply_cursors(byte_span data) {
  const auto parts = read_cursors_entry(data);
  if (!parts) return verdict::refuse(reason::malformed);
  for (const auto& part : *parts) {
    inbox_state* inbox = find_inbox(part.account);
    if (inbox == nullptr || !(fresh(inbox->pos) || inbox->pos == now_)) continue;
    inbox_conversation* c = inbox->find(part.stream);
    if (c == nullptr) continue;
    std::uint64_t* place = &c->read;
    if (!part.device.is_zero()) {
      const std::size_t i = inbox->find_device(part.device);
      if (i == inbox_state::npos) continue;
      place = &c->cursors[i];
    }
    if (part.seq <= *place) continue;
    *place = part.seq;
    touch(*inbox);
  }
  return verdict::accept(0, 0);
}

verdict partition::apply_trim(byte_span data) {
  const auto entry = read_trim_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  stream_state* stream = find_stream(entry->stream);
  if (stream == nullptr || !fresh(stream->pos)) return verdict::refuse(reason::not_member);
  if (entry->through <= stream->trimmed || entry->through > stream->head) return verdict::repeat(stream->trimmed);
  stream->trim(entry->through);
  touch(*stream);
  return verdict::accept(stream->trimmed, stream->ts);
}

verdict partition::apply_rules(byte_span data) {
  const auto version = read_rules_entry(data);
  if (!version) return verdict::refuse(reason::malformed);
  if (!fresh(own_pos_)) return {};
  if (*version <= rules_) return verdict::repeat(rules_);  // never back
  if (again_ == nullptr && !knows_rules(*version)) return verdict::refuse(reason::unsupported);
  rules_ = *version;
  touch_own();
  return verdict::accept(rules_, 0);
}

result<store::index_slot*> partition::redo(const store::replayed& entry,
                                           const std::function<void(const store::row_key&)>& load) {
  load(store::partition_row(id_));
  const auto what = kind_of(entry.entry);
  if (!what) return store::make_error_code(store::errc::newer);
  if (*what == entry_kind::rules) {
    const auto version = read_rules_entry(entry.entry);
    if (!version || *version > newest_rules_) return store::make_error_code(store::errc::newer);
  } else if (!knows_rules(rules_)) {
    return store::make_error_code(store::errc::older);
  }
  static thread_local store::applied ignored;
  ignored.clear();
  now_ = entry.pos;
  out_ = &ignored;
  again_ = &entry;
  rest_.clear();
  for (const auto& key : parts_of(entry.entry)) load(key);
  const bool own_is_fresh = fresh(own_pos_);
  decide(entry.entry);
  byte_reader outcome(entry.outcome);
  const std::uint64_t told = entry.outcome.empty() ? 0 : outcome.varint();
  for (std::uint64_t i = 0; i < told; ++i) {
    const partition_id to = outcome.u8();
    const std::uint64_t n = outcome.varint();
    const byte_span body = outcome.field();
    DUNLIN_CHECK(outcome.ok());
    if (own_is_fresh) outbox_.redo(to, n, body);
  }
  if (own_is_fresh && told != 0) own_pos_ = now_;
  pos_ = std::max(pos_, entry.pos);
  again_ = nullptr;
  if (entry.seq == 0) return nullptr;
  stream_state* stream = find_stream(entry.stream);
  DUNLIN_CHECK(stream != nullptr && stream->head >= entry.seq);
  return &stream->slot;
}

status partition::load_row(const store::row_key& key, store::position pos, byte_span row) {
  const auto corrupt = store::make_error_code(store::errc::corrupt);
  switch (key.kind) {
    case store::row_kind::stream: {
      auto state = std::make_unique<stream_state>();
      if (!read_row(row, *state) || state->id != key.id) return corrupt;
      state->pos = state->published = pos;
      last_found_ = nullptr;
      arrived_.push_back(key);
      streams_[key.id] = std::move(state);
      return ok();
    }
    case store::row_kind::inbox: {
      auto state = std::make_unique<inbox_state>();
      if (!read_row(row, *state) || account_stream(state->account) != key.id) return corrupt;
      state->pos = state->published = pos;
      arrived_.push_back(key);
      inboxes_[account_of(key.id)] = std::move(state);
      return ok();
    }
    case store::row_kind::partition: break;
  }
  byte_reader r(row);
  if (r.u8() != row_format) return corrupt;
  rules_ = r.u32();
  if (rules_ > newest_rules_) return store::make_error_code(store::errc::newer);
  if (!knows_rules(rules_)) return store::make_error_code(store::errc::older);
  if (!outbox_.read(r) || !r.at_end()) return corrupt;
  own_pos_ = pos;
  pos_ = std::max(pos_, pos);
  return ok();
}

bool partition::write_row(const store::row_key& key, bytes& out) const {
  switch (key.kind) {
    case store::row_kind::stream: {
      const auto it = streams_.find(key.id);
      if (it == streams_.end()) return false;
      stream::write_row(*it->second, out);
      return true;
    }
    case store::row_kind::inbox: {
      const auto it = inboxes_.find(account_of(key.id));
      if (it == inboxes_.end()) return false;
      stream::write_row(*it->second, out);
      return true;
    }
    case store::row_kind::partition: break;
  }
  byte_writer w(out);
  w.u8(row_format);
  w.u32(rules_);
  outbox_.write(w);
  return true;
}

}  // namespace dunlin::stream
