#include "stream/outbox.hpp"

namespace dunlin::stream {

std::uint64_t outbox::add(partition_id to, byte_span body) {
  const std::uint64_t n = ++sent_[to];
  waiting_[to].push_back({n, {body.begin(), body.end()}});
  ++unreported_;
  return n;
}

void outbox::redo(partition_id to, std::uint64_t n, byte_span body) {
  if (n <= sent_[to]) return;
  sent_[to] = n;
  waiting_[to].push_back({n, {body.begin(), body.end()}});
  ++unreported_;
}

void outbox::forget(partition_id to, std::uint64_t n) {
  const auto it = waiting_.find(to);
  if (it == waiting_.end()) return;
  auto& queue = it->second;
  while (!queue.empty() && queue.front().n <= n) {
    queue.pop_front();
    --unreported_;
  }
  if (queue.empty()) waiting_.erase(it);
}

void outbox::write(byte_writer& out) const {
  for (int p = 0; p < partition_count; ++p) {
    const auto i = static_cast<std::size_t>(p);
    if (sent_[i] == 0 && last_[i] == 0) continue;
    out.u8(1);
    out.u8(static_cast<std::uint8_t>(p));
    out.varint(sent_[i]);
    out.varint(last_[i]);
  }
  out.u8(0);
  out.varint(waiting_.size());
  for (const auto& [to, queue] : waiting_) {
    out.u8(to);
    out.varint(queue.size());
    for (const auto& owed : queue) {
      out.varint(owed.n);
      out.field(owed.body);
    }
  }
}

bool outbox::read(byte_reader& in) {
  *this = {};
  while (in.u8() != 0) {
    const std::uint8_t p = in.u8();
    sent_[p] = in.varint();
    last_[p] = in.varint();
    if (!in.ok()) return false;
  }
  const std::uint64_t targets = in.varint();
  for (std::uint64_t t = 0; t < targets && in.ok(); ++t) {
    const partition_id to = in.u8();
    const std::uint64_t n = in.varint();
    if (n == 0 || n > sent_[to] || waiting_.contains(to)) return false;
    for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
      const std::uint64_t number = in.varint();
      const byte_span body = in.field();
      // Dense, up to the last that was sent: only from the front are effects ever forgotten.
      if (number != sent_[to] - n + i + 1) return false;
      waiting_[to].push_back({number, {body.begin(), body.end()}});
      ++unreported_;
    }
  }
  return in.ok();
}

}  // namespace dunlin::stream
