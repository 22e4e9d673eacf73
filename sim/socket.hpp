// A connection of a client to the server as a network gives it: bytes arrive in pieces, late, in order, or no longer; a
// reader that does not read stops the writer; an end may be gone for a while before the other one notices.
//
// The server's end is the engine's transport (engine/port.hpp) around a device_link, used as server/app uses one.
//
// Lifetime: shared by client and server; the server's end is over with `end_server`, at the latest when the server
// goes. Bounds: what is on the way down is at most `window` bytes beyond what the client has taken.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "engine/device_link.hpp"
#include "sim/world.hpp"

namespace dunlin::sim {

class socket final : public engine::port {
 public:
  static constexpr std::size_t window = 3000;

  socket(world& w, engine::shard& home, engine::shard_id at);
  ~socket();
  socket(const socket&) = delete;
  socket& operator=(const socket&) = delete;

  // --- the client's end
  void write(byte_span data);
  // What has arrived, at most `most` bytes.
  bytes read(std::size_t most);
  // Everything has arrived, and there will be no more.
  [[nodiscard]] bool is_over();
  // The client is done with it: the server learns of it when all that was written has arrived.
  void close_client();
  // The network fails: what is on the way is lost from some point on, and each end notices after a while of its own.
  void cut();
  [[nodiscard]] bool is_cut() const { return cut_; }

  // --- the server's end
  [[nodiscard]] bool has_server() const { return link_ != nullptr; }
  [[nodiscard]] engine::shard_id shard() const { return at_; }
  void step_server(engine::shard& home, engine::shard_id shards);
  // The process is gone, or has closed it: what was sent before still arrives.
  void end_server();

  // --- engine::port
  output& out() override { return out_; }
  void dirty() override {}
  void close() override { closing_ = true; }
  void resume() override {}
  void move_to(engine::shard_id to) override { moving_ = to; }

 private:
  struct piece {
    mono_ms due = 0;
    bytes data;
  };
  class pipe {
   public:
    void put(world& w, byte_span data);
    // Moves what is due to the end of `out`, at most `most` bytes. True if there was something.
    bool take(mono_ms now, bytes& out, std::size_t most);
    void lose_some(world& w);
    [[nodiscard]] bool is_empty() const { return pieces_.empty(); }
    [[nodiscard]] std::size_t size() const { return size_; }

   private:
    std::deque<piece> pieces_;
    mono_ms last_ = 0;
    std::size_t size_ = 0;
  };

  void receive();
  bool send();

  world& world_;
  engine::shard_id at_;
  output out_;
  std::unique_ptr<engine::device_link> link_;
  pipe up_;
  pipe down_;
  bytes kept_;  // read by the server, not consumed by its protocol
  std::optional<engine::shard_id> moving_;
  bool closing_ = false;
  bool client_closed_ = false;
  bool server_ended_ = false;
  bool cut_ = false;
  mono_ms client_notices_ = 0;
  mono_ms server_notices_ = 0;
  mono_ms linger_until_ = 0;
};

}  // namespace dunlin::sim
