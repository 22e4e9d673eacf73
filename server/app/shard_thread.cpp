#include "app/shard_thread.hpp"

#include <string>

#include <pthread.h>

namespace dunlin::app {

shard_thread::shard_thread(std::unique_ptr<rt::event_loop> loop, shard_mail& mail, engine::shard_id self,
                           std::size_t shards, bool lingers)
    : loop_(std::move(loop)), mail_(mail), self_(self), lingers_(lingers), late_answers_(shards) {}

shard_thread::~shard_thread() { stop(); }

void shard_thread::start(moment now) {
  thread_ = std::thread([this, now] {
    pthread_setname_np(pthread_self(), ("shard " + std::to_string(self_)).c_str());
    turn(now);
    loop_->run(*this);
    shard_->flush();  // what the last turn kept
  });
}

void shard_thread::stop() {
  loop_->stop();
  if (thread_.joinable()) thread_.join();
}

void shard_thread::turn(moment now) {
  had_kept_ = kept_;
  shard_->turn(now);
  retry_answers();
  mail_.drain(self_, [this](rt::shard_index /*from*/, engine::message&& m) { shard_->deliver(std::move(m)); });
  flush();
}

// A round of the log costs the same for one message as for thirty: fewer wait for one more look at the sockets.
void shard_thread::flush() {
  constexpr std::size_t enough = 32;
  kept_ = shard_->flush(had_kept_ ? 0 : enough);
  mail_.end_turn(self_);
}

mono_ms shard_thread::idle_ms(mono_ms /*now*/) {
  // What connections asked for while they were flushed (reads, arms, entries) goes out before the loop sleeps.
  flush();
  if (kept_) return 0;
  if (mail_.has_mail(self_)) return 0;
  for (const auto& late : late_answers_) {
    if (!late.empty()) return 1;
  }
  return shard_->idle_for();
}

std::uint32_t shard_thread::linger_us() const {
  // A sync takes about 100 µs; to sleep and be woken, some 50 more on the way of all that wait. Where few do, as on a
  // quiet server, it is not worth a core's time: at most 10 µs a message. Where very many do, more come meanwhile, and
  // rounds are long beside a wake-up.
  constexpr std::uint32_t us = 80;
  constexpr std::size_t many = 8;
  constexpr std::size_t very_many = 128;
  const std::size_t waiting = lingers_ ? shard_->undurable() : 0;
  return waiting >= many && waiting < very_many ? us : 0;
}

bool shard_thread::send(engine::shard_id to, engine::message&& m) {
  auto& late = late_answers_[to];
  if (!engine::is_answer(m)) return late.empty() && mail_.post(self_, to, std::move(m));
  if (late.empty() && mail_.post_answer(self_, to, std::move(m))) return true;
  late.push_back(std::move(m));  // NOLINT(bugprone-use-after-move): a message that found no room is untouched
  return true;
}

void shard_thread::retry_answers() {
  for (std::size_t to = 0; to < late_answers_.size(); ++to) {
    auto& late = late_answers_[to];
    while (!late.empty() && mail_.post_answer(self_, static_cast<rt::shard_index>(to), std::move(late.front()))) {
      late.pop_front();
    }
  }
}

}  // namespace dunlin::app
