// A connection's transport as its link sees it: bytes out, credit, and the way to another shard. Implemented by the
// sockets (server/net, wired in server/app) and by the simulator.
//
// Thread rule: the connection's shard. Lifetime: the port outlives its link.
#pragma once

#include "base/output.hpp"
#include "engine/messages.hpp"

namespace dunlin::engine {

// Who is at the other end, for limits on what one client may try: an address, as its transport knows it. Zero: nobody
// knows, and there is no limit.
struct client_key {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
};

class port {
 public:
  [[nodiscard]] virtual client_key client() const { return {}; }
  virtual output& out() = 0;
  // Something stands in the output: it is sent at the end of the turn.
  virtual void dirty() = 0;
  // Nothing more comes: what stands in the output is sent, then the connection ends, and the link with it.
  virtual void close() = 0;
  // The protocol wants input again: what was kept is fed.
  virtual void resume() = 0;
  // CONNECT is understood, and the account lives on another shard (M5): the connection and its link go there, where
  // `device_link::arrive` is called. Nothing of this link may be touched after it.
  virtual void move_to(shard_id to) = 0;
  // Ends at once, whatever stands in the output; connection and link are gone when it returns.
  virtual void drop() { close(); }

 protected:
  ~port() = default;
};

}  // namespace dunlin::engine
