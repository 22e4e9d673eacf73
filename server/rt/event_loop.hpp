// One shard's thread: its sockets, its mail and its owner's work, in turns.
//
//   wait → at most 256 ready sockets → posted functions → sweep → owner.turn() → one flush per dirty handler
//
// The sockets stand in an edge-triggered epoll set, registered once and never changed: re-arming is what costs other
// loops their memory and their system calls. A turn needs one epoll_wait beside what the handlers do themselves, and
// at times a write to wake another loop. HTTP and the control plane run on a thread of their own with Asio; nothing of
// theirs is registered here.
//
// Thread rule: everything belongs to the thread that runs the loop, except wake(), post() and stop(), which any thread
// may call. Lifetime: handlers leave (remove, detach) before they die; the loop outlives its handlers.
//
// Bounds: max_ready sockets a turn (the others keep their place in the line), max_posted functions waiting, one queue
// place a handler. Memory of an idle handler: a 16-byte slot.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <sys/epoll.h>
#include <vector>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/output.hpp"
#include "base/prefetch.hpp"
#include "base/result.hpp"

namespace dunlin::rt {

// What a descriptor has become ready for since it was last asked: epoll's own bits, which all fit.
struct readiness {
  std::uint16_t bits = 0;

  [[nodiscard]] bool in() const { return (bits & EPOLLIN) != 0; }
  [[nodiscard]] bool out() const { return (bits & EPOLLOUT) != 0; }
  [[nodiscard]] bool end() const { return (bits & EPOLLRDHUP) != 0; }                 // the peer will send no more
  [[nodiscard]] bool error() const { return (bits & (EPOLLERR | EPOLLHUP)) != 0; }    // the connection is gone
  [[nodiscard]] bool is_over() const { return (bits & ~(EPOLLIN | EPOLLOUT)) != 0; }  // either of these two
};

// What a loop knows of a descriptor. A handler may leave the loop and destroy itself in any of these calls.
class event_handler {
 public:
  enum class next : std::uint8_t {
    done,   // comes again with the next edge, or when resumed
    again,  // there may be more: goes to the end of the line
  };
  virtual next on_ready(readiness what) = 0;
  // At the end of a turn in which mark_dirty was called.
  virtual void on_flush() = 0;
  // Every sweep_ms, for deadlines.
  virtual void on_sweep(mono_ms /*now*/) {}

 protected:
  ~event_handler() = default;
};

class loop_owner {
 public:
  // Once a turn, between the sockets and the flush.
  virtual void turn(moment now) = 0;
  // After the flush, when the loop is about to sleep: for how long it may; 0: not at all. What comes to the owner from
  // another thread must be followed by wake(): then there is another turn, whenever it came.
  virtual mono_ms idle_ms(mono_ms now) = 0;
  // Asked next: for how many microseconds the loop looks out for a wake before it sleeps. Where one is to be expected
  // at once, and is waited for by many, that costs less than to fall asleep and be woken.
  [[nodiscard]] virtual std::uint32_t linger_us() const { return 0; }

 protected:
  ~loop_owner() = default;
};

struct loop_counters {
  loop_counters(metrics& registry, std::string_view labels);

  counter& turns;
  counter& epoll_waits;
  counter& recvs;  // counted by the handlers
  counter& sends;
  counter& wakes;      // woken by another thread while it slept
  counter& post_full;  // functions refused by post(); counted under its lock
};

class event_loop {
 public:
  // Names a handler's place; valid until remove or detach.
  using place = std::uint32_t;

  static constexpr std::size_t max_ready = 256;
  static constexpr std::size_t max_posted = 4096;
  static constexpr std::size_t default_receive_size = std::size_t{256} << 10;
  // In front of the receive buffer: where a handler puts what it kept, so that both are one piece.
  static constexpr std::size_t headroom = std::size_t{512} << 10;
  static constexpr mono_ms sweep_step_ms = 250;
  static constexpr std::size_t sweep_steps = 8;
  // Each handler is swept once in this time.
  static constexpr mono_ms sweep_ms = sweep_step_ms * static_cast<mono_ms>(sweep_steps);

  // Clock and registry outlive the loop. `labels` as in metrics (`shard="0"`). Fails as epoll_create1 and eventfd do.
  static result<std::unique_ptr<event_loop>> create(const clock& time, metrics& registry, std::string_view labels,
                                                    std::size_t receive_size = default_receive_size);
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;
  ~event_loop();

  // Turns until stop() was called.
  void run(loop_owner& owner);
  // One turn; sleeps at its start, if there is nothing to do, as long as the owner allows.
  void turn(loop_owner& owner);

  // --- any thread
  void stop();
  // The loop does a turn soon; costs a system call only if it sleeps.
  void wake();
  // Runs `work` on the loop's thread, for cold paths; false: max_posted wait already.
  bool post(std::function<void()> work);

  // --- the loop's thread
  // Fails as epoll_ctl does. The handler hears of what the descriptor is ready for already.
  result<place> add(int fd, event_handler& handler);
  // The handler closes the descriptor itself, right after.
  void remove(place at);
  // The descriptor stays open and goes elsewhere.
  void detach(place at, int fd);
  void mark_dirty(place p) {
    slot& s = at(p);
    if (s.dirty) return;
    s.dirty = true;
    if (dirty_.size() == dirty_.capacity()) [[unlikely]] {
      return list_dirty(p);
    }
    dirty_.push_back(p);
  }
  // The handler is called in this or the next turn, without an edge if none has come.
  void resume(place at);

  [[nodiscard]] moment now() const { return now_; }
  [[nodiscard]] std::size_t handlers() const { return slots_.size() - free_.size(); }
  [[nodiscard]] loop_counters& counters() { return counters_; }
  // The bytes that a handler reads into, valid until it returns. What stands before it belongs to it, too (headroom).
  [[nodiscard]] std::span<std::uint8_t> receive_buffer() { return {buffer_.get() + headroom, receive_size_}; }
  [[nodiscard]] chunk_pool& chunks() { return chunks_; }

 private:
  struct slot {
    event_handler* handler = nullptr;
    std::uint32_t generation = 0;
    readiness ready;
    bool in_line = false;
    bool dirty = false;
  };
  // A slot's index and generation: an event for a handler that has left since is recognized by it. What is queued needs
  // the index only: a slot that was left says that it is neither in line nor dirty.
  using key = std::uint64_t;

  event_loop(const clock& time, metrics& registry, std::string_view labels, std::size_t receive_size, int epoll,
             int wake_fd);

  [[nodiscard]] key key_of(place at) const { return key{slots_[at].generation} << 32 | at; }
  // Slots are never taken away, so each place that was valid once is one of them.
  slot& at(place p) {
    DUNLIN_CHECK(slots_[p].handler != nullptr);
    return slots_[p];
  }
  void list_dirty(place p);
  void enqueue(slot& s, place p) {
    if (s.in_line) return;
    s.in_line = true;
    line_.push_back(p);
  }
  void free_place(place at);
  [[nodiscard]] int timeout(loop_owner& owner);
  void linger(std::uint32_t us) const;
  void wait(int timeout_ms);
  void handle_ready();
  void run_posted();
  void sweep();
  void flush();

  const clock* clock_;
  loop_counters counters_;
  int epoll_;
  int wake_fd_;
  moment now_;
  mono_ms next_sweep_;
  std::size_t sweep_at_ = 0;
  std::vector<slot> slots_;
  std::vector<place> free_;
  std::vector<place> line_;
  std::vector<place> dirty_;
  std::vector<place> flushing_;
  std::size_t receive_size_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  chunk_pool chunks_;

  alignas(cache_line) std::atomic<bool> asleep_{false};
  std::atomic<bool> nudged_{false};  // since the turn at hand, or the last one, began
  std::atomic<bool> stopping_{false};
  std::atomic<bool> has_posted_{false};
  std::mutex posted_lock_;
  std::vector<std::function<void()>> posted_;
};

}  // namespace dunlin::rt
