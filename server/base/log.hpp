// Structured logs: one line per event to standard error: ts, level, event (a fixed text), and fields.
//
// Thread rule: any thread; a line is handed to a background thread through a bounded queue, so a shard never waits for
// a terminal or a full pipe. What does not fit is dropped and counted (`log_dropped`), never silently.
// Secrets (tokens, bodies, key material) are never passed as fields.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace dunlin {

enum class log_level { debug, info, warn, error, off };

struct log_field {
  std::string_view key;
  std::string value;

  log_field(std::string_view k, std::string_view v) : key(k), value(v) {}
  log_field(std::string_view k, const std::string& v) : key(k), value(v) {}
  log_field(std::string_view k, const char* v) : key(k), value(v) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  log_field(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
};

// Before the first line; `json` writes one JSON object a line instead of logfmt. Without a call: info, logfmt.
void log_start(log_level level, bool json);
// Writes out what is queued; what comes later is dropped.
void log_stop();
// Lines dropped because the queue was full.
std::uint64_t log_dropped();

void log_write(log_level level, std::string_view event, std::initializer_list<log_field> fields);

inline void log_debug(std::string_view event, std::initializer_list<log_field> fields = {}) {
  log_write(log_level::debug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<log_field> fields = {}) {
  log_write(log_level::info, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<log_field> fields = {}) {
  log_write(log_level::warn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<log_field> fields = {}) {
  log_write(log_level::error, event, fields);
}

}  // namespace dunlin
