#include "base/log.hpp"

#include <memory>
#include <mutex>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <spdlog/async.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

namespace dunlin {

namespace {

constexpr std::size_t queue_lines = 8192;

struct state {
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  bool json = false;
};

state& current() {
  static state s;
  return s;
}
std::once_flag started;

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warn: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    case log_level::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

void start(log_level level, bool json) {
  auto& s = current();
  s.json = json;
  s.pool = std::make_shared<spdlog::details::thread_pool>(queue_lines, 1U);
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
  s.logger = std::make_shared<spdlog::async_logger>("dunlin", std::move(sink), s.pool,
                                                    spdlog::async_overflow_policy::overrun_oldest);
  s.logger->set_level(to_spdlog(level));
  s.logger->set_pattern(json ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  s.logger->flush_on(spdlog::level::warn);
}

void append_logfmt(std::string& line, std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \"=\n\r\t\\") == std::string_view::npos;
  if (plain) {
    line += value;
  } else {
    line += boost::json::serialize(boost::json::string_view(value.data(), value.size()));
  }
}

std::string_view name_of(log_level level) {
  switch (level) {
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warn: return "warning";
    case log_level::error: return "error";
    case log_level::off: break;
  }
  return "off";
}

}  // namespace

void log_start(log_level level, bool json) {
  std::call_once(started, [&] { start(level, json); });
}

void log_stop() {
  auto& s = current();
  if (!s.logger) return;
  s.logger->flush();
  s.logger.reset();
  s.pool.reset();
}

std::uint64_t log_dropped() {
  auto& s = current();
  return s.pool ? s.pool->overrun_counter() : 0;
}

void log_write(log_level level, std::string_view event, std::initializer_list<log_field> fields) {
  log_start(log_level::info, false);
  auto& s = current();
  if (!s.logger || !s.logger->should_log(to_spdlog(level))) return;
  if (s.json) {
    boost::json::object line{{"level", name_of(level)}, {"event", event}};
    line["time_ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    for (const auto& field : fields) line[field.key] = field.value;
    s.logger->log(to_spdlog(level), boost::json::serialize(line));
    return;
  }
  std::string line(event);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_logfmt(line, field.value);
  }
  s.logger->log(to_spdlog(level), line);
}

}  // namespace dunlin
