#include "http/shared.hpp"

#include <algorithm>

namespace dunlin::http {

namespace {

constexpr std::string_view bad_name = "dunlin_http_bad_requests_total";
constexpr std::string_view bad_help = "HTTP requests that could not be taken, by reason.";
constexpr std::string_view upgrade_name = "dunlin_http_upgrades_refused_total";
constexpr std::string_view upgrade_help = "WebSocket handshakes that were refused, by reason.";

}  // namespace

http_counters::http_counters(metrics& m)
    : refused_connections(m.make_counter("dunlin_http_connections_refused_total",
                                         "HTTP connections closed because there were too many.")),
      malformed(m.make_counter(bad_name, bad_help, "reason=\"malformed\"")),
      header_too_large(m.make_counter(bad_name, bad_help, "reason=\"header_too_large\"")),
      body_too_large(m.make_counter(bad_name, bad_help, "reason=\"body_too_large\"")),
      timed_out(m.make_counter(bad_name, bad_help, "reason=\"timeout\"")),
      upgrades(m.make_counter("dunlin_http_upgrades_total", "Connections that became WebSockets.")),
      unauthorized(m.make_counter(bad_name, bad_help, "reason=\"unauthorized\"")),
      foreign_page(m.make_counter(bad_name, bad_help, "reason=\"foreign_origin\"")),
      foreign_origin(m.make_counter(upgrade_name, upgrade_help, "reason=\"foreign_origin\"")),
      bad_handshake(m.make_counter(upgrade_name, upgrade_help, "reason=\"bad_handshake\"")),
      connections(m.make_gauge("dunlin_http_connections", "Open HTTP connections, without WebSockets.")) {
  for (int digit = 1; digit <= 5; ++digit) {
    answers[digit] = &m.make_counter("dunlin_http_answers_total", "HTTP answers, by class of status.",
                                     "status=\"" + std::to_string(digit) + "xx\"");
  }
}

void http_counters::count_answer(int status) { answers[std::clamp(status / 100, 1, 5)]->add(); }

}  // namespace dunlin::http
