#include "sim/report.hpp"

#include <algorithm>
#include <cstdio>

namespace dunlin::sim {

namespace {

constexpr std::size_t total = static_cast<std::size_t>(seen::how_many);
constexpr std::array<const char*, total> names = {
    "frame lost",
    "frame doubled",
    "frame reordered",
    "frame delayed",
    "no credit",
    "shard stalled",
    "disk stalled",
    "bytes split",
    "bytes delayed",
    "socket cut",
    "half open",
    "reader stopped",
    "writer stopped",
    "input held",
    "power cut",
    "power cut in write",
    "power cut in start",
    "process killed",
    "write torn",
    "sectors lost",
    "directory changes lost",
    "write failed",
    "sync failed",
    "disk filled",
    "client lost unstored",
    "gap found",
    "gap told",
    "repeat dropped",
    "late dropped",
    "effect redelivered",
    "sealed",
    "merged",
    "background no space",
    "background failed",
    "history read",
    "row loaded",
    "shards changed",
    "accepted",
    "duplicate",
    "refused not member",
    "refused stale",
    "refused waits",
    "refused busy",
    "refused no space",
    "refused too large",
    "refused malformed",
    "refused unsupported",
    "refused forbidden",
    "refused not open",
    "connected v3",
    "connected v5",
    "connected secondary",
    "session resumed",
    "session lost",
    "connection moved",
    "login refused",
    "too many secondaries",
    "sent qos0",
    "sent qos1",
    "sent qos2",
    "sent text",
    "got record",
    "got text",
    "got live",
    "presence granted",
    "presence refused",
    "presence online",
    "presence offline",
    "presence unknown",
    "got receipt",
    "got own read",
    "got caught up",
    "got hello",
    "got too large",
    "got trimmed",
    "receipt kept",
    "range read",
    "state read",
    "hole filled",
    "device linked",
    "device revoked",
    "account deleted",
    "member added",
    "member removed",
    "member added again",
    "member left",
    "role given",
    "look changed",
    "members read",
    "settings put",
    "got settings",
    "profile changed",
    "got profile",
    "read",
    "taken over in flight",
    "missed while away",
    "redelivered",
    "resent by server",
    "duplicate after restart",
    "repeated between shards",
    "read after removal",
    "send after removal",
    "echo instead of record",
    "own record whole",
    "record before verdict",
    "acknowledged out of order",
    "gap at head first",
    "revoked while connected",
    "attached while revoking",
    "direct started twice",
    "change repeated",
    "refused foreign",
};

// Where a group starts.
struct group {
  seen first;
  const char* name;
};
constexpr group groups[] = {{seen::frame_lost, "faults"},
                            {seen::gap_found, "what links and stores did"},
                            {seen::accepted, "verdicts"},
                            {seen::connected_v3, "what clients did"},
                            {seen::taken_over_in_flight, "races"}};

}  // namespace

std::string report::table() const {
  std::string out;
  for (std::size_t i = 0; i < total; ++i) {
    for (const auto& g : groups) {
      if (static_cast<std::size_t>(g.first) == i) out += std::string(g.name) + "\n";
    }
    char line[80];
    std::snprintf(line, sizeof line, "  %-28s %10llu\n", names[i], static_cast<unsigned long long>(counts_[i]));
    out += line;
  }
  return out;
}

std::vector<std::string> report::missing() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < total; ++i) {
    if (counts_[i] == 0) out.emplace_back(names[i]);
  }
  return out;
}

}  // namespace dunlin::sim
