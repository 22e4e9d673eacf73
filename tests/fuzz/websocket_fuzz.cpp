// Any bytes as a WebSocket's stream: decoding never reads or writes outside them, gives the same payload and the same
// end however they are cut up, and never more payload than there were bytes. The first two bytes say how they are cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.hpp"
#include "net/websocket.hpp"

namespace dunlin::net {
namespace {

struct outcome {
  bytes payload;
  bytes pong;
  close_code reply;

  bool operator==(const outcome&) const = default;
};

outcome decoded(std::span<const std::uint8_t> in, std::size_t piece) {
  websocket_reader reader;
  outcome all{};
  while (!in.empty()) {
    const std::size_t n = std::min(piece, in.size());
    // A block of its own for each piece, so that the address sanitizer sees its end.
    bytes block(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(n));
    const std::size_t size = reader.decode(block);
    DUNLIN_CHECK(size <= n);
    all.payload.insert(all.payload.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
    if (reader.owes_pong()) all.pong = reader.take_pong();
    DUNLIN_CHECK(all.pong.size() <= websocket_reader::max_control);
    in = in.subspan(n);
  }
  all.reply = reader.reply();
  return all;
}

void try_writer(const outcome& said) {
  websocket_writer writer;
  std::size_t left = said.payload.size();
  writer.pong(said.pong);
  writer.close(close_code::normal);
  for (std::size_t n = 1; !writer.idle() || left > 0; ++n) {
    writer.begin(left);
    const std::size_t ready = writer.head().size() + writer.payload();
    DUNLIN_CHECK(ready > 0);
    left -= writer.sent(std::min(n, ready));
  }
  DUNLIN_CHECK(writer.is_close_sent());
}

}  // namespace
}  // namespace dunlin::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin::net;
  if (size < 2) return 0;
  const std::size_t piece = 1 + (data[0] | std::size_t{data[1]} << 8);
  const std::span<const std::uint8_t> in(data + 2, size - 2);
  const outcome whole = decoded(in, std::max<std::size_t>(in.size(), 1));
  const outcome pieces = decoded(in, piece);
  // How many frames without payload one piece of input may hold is the one thing that depends on the pieces.
  if (whole.reply != close_code::policy_violation && pieces.reply != close_code::policy_violation) {
    DUNLIN_CHECK(whole == pieces);
  }
  try_writer(whole);
  return 0;
}
