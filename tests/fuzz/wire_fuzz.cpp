// Any bytes as what the server takes from others: messages of the wire, entries of the log, rows of state. Nothing is
// read outside of them; what is a message, an entry or a row is written again as one that reads the same; and a
// partition that applied any entries has rows that can be read back.
#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "stream/partition.hpp"

namespace dunlin::stream {
namespace {

constexpr partition_id here = 0;

void messages(byte_span data) {
  if (const auto send = read_send(data)) {
    bytes once;
    write_send(once, *send);
    const auto again = read_send(once);
    DUNLIN_CHECK(again && again->id == send->id && again->after == send->after && again->kind == send->kind);
    bytes twice;
    write_send(twice, *again);
    DUNLIN_CHECK(once == twice);
  }
  if (const auto record = read_record(data)) {
    bytes rest;
    write_record_rest(rest, *record);
    bytes whole(record_head_max);
    whole.resize(write_record_head(whole.data(), record->seq, record->ts));
    whole.insert(whole.end(), rest.begin(), rest.end());
    const auto again = read_record(whole);
    DUNLIN_CHECK(again && again->seq == record->seq && again->ts == record->ts && again->id == record->id);
    DUNLIN_CHECK(again->body.size() == record->body.size());
  }
  if (const auto receipt = read_receipt(data)) {
    bytes once;
    write_receipt(once, *receipt);
    const auto again = read_receipt(once);
    DUNLIN_CHECK(again && again->delivered == receipt->delivered && again->read == receipt->read);
  }
  if (const auto added = read_added(data)) {
    bytes once;
    write_added(once, *added);
    const auto again = read_added(once);
    DUNLIN_CHECK(again && again->conversation == added->conversation && again->name == added->name);
  }
}

template <class State>
void row(byte_span data) {
  State state;
  if (!read_row(data, state)) return;
  bytes once;
  write_row(state, once);
  State again;
  DUNLIN_CHECK(read_row(once, again));
  bytes twice;
  write_row(again, twice);
  DUNLIN_CHECK(once == twice);
}

void rows(byte_span data) {
  row<stream_state>(data);
  row<inbox_state>(data);
  partition state(here);
  if (!state.load_row(store::partition_row(here), 1, data)) return;
  bytes once;
  DUNLIN_CHECK(state.write_row(store::partition_row(here), once));
  partition again(here);
  DUNLIN_CHECK(again.load_row(store::partition_row(here), 1, once));
}

// The input as entries, each behind its length of two bytes, applied one after the other.
void entries(byte_span data) {
  partition state(here);
  store::applied out;
  store::position pos = 1;
  byte_reader r(data);
  while (r.ok() && !r.at_end()) {
    const byte_span entry = r.take(r.u16() % 512);
    if (!r.ok()) break;
    parts_of(entry);
    out.clear();
    state.apply(pos, entry, out);
    if (!out.keep) continue;
    ++pos;
    const auto what = kind_of(entry);
    DUNLIN_CHECK(what.has_value());
    DUNLIN_CHECK(out.seq != 0 || !out.touched.empty());
  }
  const auto reads_back = [&state](const store::row_key& key) {
    bytes data_of_row;
    DUNLIN_CHECK(state.write_row(key, data_of_row));
    partition again(here);
    DUNLIN_CHECK(again.load_row(key, 1, data_of_row));
  };
  for (const auto& [id, _] : state.streams()) reads_back({store::row_kind::stream, id});
  for (const auto& [id, _] : state.inboxes()) reads_back({store::row_kind::inbox, account_stream(id)});
  reads_back(store::partition_row(here));
}

}  // namespace
}  // namespace dunlin::stream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin::stream;
  const dunlin::byte_span input(data, size);
  messages(input);
  rows(input);
  entries(input);
  return 0;
}
