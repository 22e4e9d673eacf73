// One shard of the engine on a thread of its own: its event loop, its mail, its turns.
//
//   sockets → answers of stores and what became durable → mail from other shards → batch to the log → flush
//
// Thread rule: made and recovered on any thread, then `run` by its own; `wake` from any.
// Bounds: a ring of mail per pair of shards; answers that found it full wait in line, which is bounded by the questions
// that the other side has open.
#pragma once

#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "engine/shard.hpp"
#include "rt/event_loop.hpp"
#include "rt/mailbox.hpp"

namespace dunlin::app {

using shard_mail = rt::mailboxes<engine::message>;

class shard_thread final : public rt::loop_owner, public engine::links {
 public:
  static constexpr std::size_t mail_capacity = 16384;
  static constexpr std::size_t mail_answers = 8192;

  // `lingers`: there is a core for it to look out for the log's writer on.
  shard_thread(std::unique_ptr<rt::event_loop> loop, shard_mail& mail, engine::shard_id self, std::size_t shards,
               bool lingers);
  ~shard_thread();

  // The engine's part, made after its links (which are this).
  void use(std::unique_ptr<engine::shard> s) { shard_ = std::move(s); }
  engine::shard& shard() { return *shard_; }
  rt::event_loop& loop() { return *loop_; }

  // Its first turn is before anything that was posted or connects: the shard knows the time, and its partitions decide
  // by today's rules.
  void start(moment now);
  // Ends the thread after the turn at hand.
  void stop();

  // --- rt::loop_owner
  void turn(moment now) override;
  mono_ms idle_ms(mono_ms now) override;
  [[nodiscard]] std::uint32_t linger_us() const override;
  // --- engine::links
  bool send(engine::shard_id to, engine::message&& m) override;

 private:
  void retry_answers();
  void flush();

  std::unique_ptr<rt::event_loop> loop_;
  shard_mail& mail_;
  engine::shard_id self_;
  bool lingers_;
  bool kept_ = false;      // the log's open batch waits for the next turn
  bool had_kept_ = false;  // when this turn began
  std::unique_ptr<engine::shard> shard_;
  std::vector<std::deque<engine::message>> late_answers_;
  std::thread thread_;
};

}  // namespace dunlin::app
