#include "rt/event_loop.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "rt/mailbox.hpp"

namespace dunlin::rt {
namespace {

class set_clock final : public clock {
 public:
  [[nodiscard]] moment now() const override { return {at, at}; }
  mono_ms at = 1'000;
};

class socket_pair {
 public:
  socket_pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds_.data()), 0); }
  socket_pair(const socket_pair&) = delete;
  socket_pair& operator=(const socket_pair&) = delete;
  ~socket_pair() {
    for (const int fd : fds_) ::close(fd);
  }
  [[nodiscard]] int near() const { return fds_[0]; }
  void write_far() const { EXPECT_EQ(::write(fds_[1], "x", 1), 1); }
  void end_far() const { EXPECT_EQ(::shutdown(fds_[1], SHUT_WR), 0); }

 private:
  std::array<int, 2> fds_{};
};

struct handler final : event_handler {
  next on_ready(readiness what) override {
    seen.push_back(what);
    return ready ? ready() : next::done;
  }
  void on_flush() override {
    ++flushes;
    if (flush) flush();
  }
  void on_sweep(mono_ms) override { ++sweeps; }

  std::vector<readiness> seen;
  std::function<next()> ready;
  std::function<void()> flush;
  int flushes = 0;
  int sweeps = 0;
};

struct owner final : loop_owner {
  void turn(moment) override {
    ++turns;
    if (work) work();
  }
  mono_ms idle_ms(mono_ms) override {
    if (last_work) last_work();
    return idle;
  }
  [[nodiscard]] std::uint32_t linger_us() const override {
    if (lingering) lingering();
    return linger;
  }

  std::function<void()> work;
  std::function<void()> last_work;
  std::function<void()> lingering;
  mono_ms idle = 0;
  std::uint32_t linger = 0;
  int turns = 0;
};

class EventLoop : public testing::Test {
 protected:
  void turn() { loop->turn(app); }
  event_loop::place add(const socket_pair& s, handler& h) { return loop->add(s.near(), h).value(); }

  set_clock time;
  metrics registry;
  std::unique_ptr<event_loop> loop = event_loop::create(time, registry, "shard=\"0\"").value();
  owner app;
};

TEST_F(EventLoop, TellsAnEdgeOnceUntilTheNextOne) {
  const socket_pair s;
  handler h;
  add(s, h);
  turn();
  ASSERT_EQ(h.seen.size(), 1U);  // it can be written to
  EXPECT_TRUE(h.seen[0].out());
  EXPECT_FALSE(h.seen[0].in());
  s.write_far();
  turn();
  turn();
  ASSERT_EQ(h.seen.size(), 2U);
  EXPECT_TRUE(h.seen[1].in());
  s.end_far();
  turn();
  ASSERT_EQ(h.seen.size(), 3U);
  EXPECT_TRUE(h.seen[2].end());
}

TEST_F(EventLoop, ATurnCostsOneEpollWait) {
  const socket_pair s;
  handler h;
  add(s, h);
  for (int i = 0; i < 10; ++i) {
    s.write_far();
    turn();
  }
  EXPECT_EQ(loop->counters().epoll_waits.value(), 10U);
  EXPECT_EQ(loop->counters().turns.value(), 10U);
  EXPECT_EQ(app.turns, 10);
}

TEST_F(EventLoop, WhoAsksForMoreGoesToTheEndOfTheLine) {
  const socket_pair a;
  const socket_pair b;
  handler first;
  handler second;
  std::string order;
  int more = 2;
  first.ready = [&] {
    order += 'a';
    return more-- > 0 ? event_handler::next::again : event_handler::next::done;
  };
  second.ready = [&] {
    order += 'b';
    return event_handler::next::done;
  };
  add(a, first);
  add(b, second);
  for (int i = 0; i < 5; ++i) turn();
  EXPECT_EQ(order, "abaa");
}

TEST_F(EventLoop, ATurnHandlesABoundedNumberOfSocketsAndTheRestInTheNext) {
  std::vector<std::unique_ptr<socket_pair>> pairs;
  std::vector<std::unique_ptr<handler>> handlers;
  const auto heard = [&] {
    std::size_t n = 0;
    for (const auto& h : handlers) n += h->seen.size();
    return n;
  };
  for (std::size_t i = 0; i < event_loop::max_ready + 10; ++i) {
    pairs.push_back(std::make_unique<socket_pair>());
    handlers.push_back(std::make_unique<handler>());
    add(*pairs.back(), *handlers.back());
  }
  turn();
  EXPECT_EQ(heard(), event_loop::max_ready);
  turn();
  EXPECT_EQ(heard(), event_loop::max_ready + 10);
}

TEST_F(EventLoop, FlushesADirtyHandlerOnceATurnAfterTheOwner) {
  const socket_pair s;
  handler h;
  const event_loop::place at = add(s, h);
  app.work = [&] {
    EXPECT_EQ(h.flushes, app.turns - 1);
    loop->mark_dirty(at);
    loop->mark_dirty(at);
  };
  turn();
  turn();
  EXPECT_EQ(h.flushes, 2);
}

TEST_F(EventLoop, WhatBecomesDirtyInAFlushIsFlushedInTheNextTurn) {
  const socket_pair s;
  handler h;
  const event_loop::place at = add(s, h);
  h.flush = [&] {
    if (h.flushes == 1) loop->mark_dirty(at);
  };
  loop->mark_dirty(at);
  turn();
  EXPECT_EQ(h.flushes, 1);
  app.idle = 3'600'000;  // it does not sleep with work at hand
  turn();
  EXPECT_EQ(h.flushes, 2);
}

TEST_F(EventLoop, WhatBecomesDirtyAsTheOwnerIsAskedHowLongToSleepIsFlushedWithoutSleeping) {
  const socket_pair s;
  handler h;
  const event_loop::place at = add(s, h);
  turn();
  app.idle = 3'600'000;
  app.last_work = [&] {
    if (h.flushes == 0) loop->mark_dirty(at);
  };
  turn();  // would not end if it slept: nothing else wakes it before the next sweep
  EXPECT_EQ(h.flushes, 1);
}

TEST_F(EventLoop, AHandlerThatLeftHearsNothingMoreEvenIfItsPlaceIsTakenAgain) {
  const socket_pair a;
  const socket_pair b;
  handler leaving;
  handler staying;
  handler taking;
  const event_loop::place left = add(a, leaving);
  const event_loop::place stays = add(b, staying);
  turn();
  loop->mark_dirty(left);
  loop->resume(left);
  loop->resume(stays);
  loop->detach(left, a.near());
  EXPECT_EQ(loop->add(a.near(), taking).value(), left);
  turn();
  EXPECT_EQ(leaving.seen.size(), 1U);
  EXPECT_EQ(leaving.flushes, 0);
  EXPECT_EQ(taking.flushes, 0);
  ASSERT_EQ(taking.seen.size(), 1U);
  EXPECT_FALSE(taking.seen[0].in());
  EXPECT_EQ(staying.seen.size(), 2U);
}

TEST_F(EventLoop, AHandlerMayLeaveInItsOwnCall) {
  const socket_pair s;
  auto h = std::make_unique<handler>();
  const event_loop::place at = add(s, *h);
  h->ready = [&] {
    loop->detach(at, s.near());
    h.reset();
    return event_handler::next::again;
  };
  turn();
  turn();
  EXPECT_EQ(loop->handlers(), 0U);
}

TEST_F(EventLoop, SweepsEachHandlerOnceInTheTimeItNames) {
  std::vector<std::unique_ptr<socket_pair>> pairs;
  std::vector<std::unique_ptr<handler>> handlers;
  for (int i = 0; i < 20; ++i) {
    pairs.push_back(std::make_unique<socket_pair>());
    handlers.push_back(std::make_unique<handler>());
    add(*pairs.back(), *handlers.back());
  }
  for (mono_ms t = 0; t < event_loop::sweep_ms; t += event_loop::sweep_step_ms) {
    time.at += event_loop::sweep_step_ms;
    turn();
    turn();
  }
  for (const auto& h : handlers) EXPECT_EQ(h->sweeps, 1);
}

TEST_F(EventLoop, RunsWhatIsPostedOnceAndRefusesWhatIsTooMuch) {
  int ran = 0;
  for (std::size_t i = 0; i < event_loop::max_posted; ++i) ASSERT_TRUE(loop->post([&] { ++ran; }));
  ASSERT_FALSE(loop->post([&] { ++ran; }));
  EXPECT_EQ(loop->counters().post_full.value(), 1U);
  app.idle = 3'600'000;  // it does not sleep with work at hand
  turn();
  EXPECT_EQ(ran, static_cast<int>(event_loop::max_posted));
  app.idle = 0;
  turn();
  EXPECT_EQ(ran, static_cast<int>(event_loop::max_posted));
}

TEST_F(EventLoop, IsWokenByAnotherThreadFromASleepWithoutEnd) {
  const system_clock real;
  auto sleeper = event_loop::create(real, registry, "shard=\"1\"").value();
  owner sleepy;
  sleepy.idle = 3'600'000;
  int ran = 0;
  std::thread thread([&] { sleeper->run(sleepy); });
  for (int i = 0; i < 100; ++i) {
    std::atomic<bool> done{false};
    ASSERT_TRUE(sleeper->post([&] {
      ++ran;
      done.store(true);
      done.notify_one();
    }));
    done.wait(false);
  }
  sleeper->stop();
  thread.join();
  EXPECT_EQ(ran, 100);
}

// Two loops that sleep whenever they may, and pass a number to and fro: a lost wake-up would hang the test.
TEST_F(EventLoop, WhoIsWokenWithinATurnGoesOnToTheNextWithoutSleeping) {
  app.idle = 1'000'000;
  loop->wake();
  app.work = [&] {
    app.work = nullptr;
    loop->wake();  // as another thread does, for what this turn has looked for already
  };
  turn();
  turn();  // would sleep
  EXPECT_EQ(app.turns, 2);
}

TEST_F(EventLoop, WhoLooksOutForAWakeIsNotAsleepWhenItComes) {
  app.idle = 1'000'000;
  app.linger = 60'000'000;
  std::thread waker;
  app.lingering = [&] { waker = std::thread([&] { loop->wake(); }); };
  turn();
  waker.join();
  EXPECT_EQ(loop->counters().wakes.value(), 0U);
}

TEST_F(EventLoop, NoMailIsLostBetweenLoopsThatSleep) {
  constexpr int last = 20'000;
  const system_clock real;
  std::vector<std::unique_ptr<event_loop>> loops;
  for (int i = 0; i < 2; ++i)
    loops.push_back(event_loop::create(real, registry, "player=\"" + std::to_string(i) + "\"").value());
  mailboxes<int> mail(2, 8, 1, [&](shard_index to) { loops[to]->wake(); });

  struct player final : loop_owner {
    void turn(moment) override {
      mail->drain(self, [&](shard_index from, int n) {
        got = n;
        if (n < last && !mail->post(self, from, n + 1)) ADD_FAILURE() << "no room for one message";
        if (n >= last - 1) own->stop();
      });
      mail->end_turn(self);
    }
    mono_ms idle_ms(mono_ms) override { return mail->has_mail(self) ? 0 : 3'600'000; }

    mailboxes<int>* mail = nullptr;
    event_loop* own = nullptr;
    shard_index self = 0;
    int got = 0;
  };
  std::array<player, 2> players;
  for (shard_index i = 0; i < 2; ++i) {
    players[i].mail = &mail;
    players[i].own = loops[i].get();
    players[i].self = i;
  }
  ASSERT_TRUE(mail.post(0, 1, 1));
  std::thread other([&] { loops[1]->run(players[1]); });
  loops[0]->run(players[0]);
  other.join();
  EXPECT_EQ(players[0].got + players[1].got, 2 * last - 1);
}

}  // namespace
}  // namespace dunlin::rt
