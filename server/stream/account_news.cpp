// The part of apply for what the relay of SQL tells an account's devices of: settings and profiles (Q1).

#include "base/check.hpp"
#include "stream/partition.hpp"

namespace dunlin::stream {

verdict partition::apply_settings(byte_span data) {
  const auto entry = read_settings_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  inbox_state* inbox = find_inbox(entry->account);
  stream_state* stream = find_stream(account_stream(entry->account));
  // The account itself is being told of.
  if (again_ == nullptr && (inbox == nullptr || stream == nullptr)) return verdict::refuse(reason::busy);
  DUNLIN_CHECK(inbox != nullptr && stream != nullptr);
  if (again_ == nullptr && inbox->deleted) return verdict::repeat(stream->head);
  if (fresh(inbox->pos)) {
    // A conversation that the inbox has left, or has not heard of yet, has no place for what was told: a repeat is told
    // again then, and receivers go by its version.
    inbox_conversation* c = entry->conversation.is_zero() ? nullptr : inbox->find(entry->conversation);
    std::uint64_t* told = entry->conversation.is_zero() ? &inbox->settings : c == nullptr ? nullptr : &c->settings;
    if (told != nullptr && entry->version <= *told) return verdict::repeat(stream->head);
    if (told != nullptr) {
      *told = entry->version;
      touch(*inbox);
    }
  }
  if (!fresh(stream->pos)) return {};
  bytes content;
  write_settings(content, entry->conversation, entry->version, entry->json);
  return append_own(*stream, entry->time, kind::settings, entry->account, content);
}

verdict partition::apply_profile(byte_span data) {
  const auto entry = read_profile_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  inbox_state* inbox = find_inbox(entry->account);
  stream_state* stream = find_stream(account_stream(entry->account));
  // Nobody there to be told (O2).
  if (again_ == nullptr && (inbox == nullptr || stream == nullptr || inbox->deleted)) return verdict::repeat(0);
  DUNLIN_CHECK(inbox != nullptr && stream != nullptr);
  if (fresh(inbox->pos)) {
    if (entry->version <= inbox->profile_told(entry->of)) return verdict::repeat(stream->head);
    inbox->note_profile({entry->of, entry->version});
    touch(*inbox);
  }
  if (!fresh(stream->pos)) return {};
  bytes content;
  write_profile_changed(content, entry->of, entry->version);
  return append_own(*stream, entry->time, kind::profile, entry->of, content);
}

}  // namespace dunlin::stream
