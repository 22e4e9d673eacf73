#include "base/log.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <spdlog/async.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

namespace dunlin {

namespace {

constexpr std::size_t queue_lines = 8192;

struct state {
  std::mutex lock;  // a thread may end the log while others write to it
  std::shared_ptr<spdlog::async_logger> logger;
  std::shared_ptr<spdlog::details::thread_pool> pool;  // ends first: its thread writes what is queued by the logger
  std::atomic<log_level> least{log_level::off};
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
  const std::lock_guard guard(s.lock);
  s.json = json;
  s.pool = std::make_shared<spdlog::details::thread_pool>(queue_lines, 1U);
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
  s.logger = std::make_shared<spdlog::async_logger>("dunlin", std::move(sink), s.pool,
                                                    spdlog::async_overflow_policy::overrun_oldest);
  s.logger->set_level(to_spdlog(level));
  s.logger->set_pattern(json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ",%v)" : "ts=%Y-%m-%dT%H:%M:%S.%eZ level=%^%l%$ %v",
                        spdlog::pattern_time_type::utc);
  s.logger->flush_on(spdlog::level::warn);
  s.least = level;
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
  std::shared_ptr<spdlog::async_logger> logger;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  {
    const std::lock_guard guard(s.lock);
    s.least = log_level::off;
    logger = std::move(s.logger);
    pool = std::move(s.pool);
  }
  // Its end, here or in the last thread that writes, waits until what is queued is written.
  if (logger) logger->flush();
}

std::uint64_t log_dropped() {
  auto& s = current();
  const std::lock_guard guard(s.lock);
  return s.pool ? s.pool->overrun_counter() : 0;
}

void log_write(log_level level, std::string_view event, std::initializer_list<log_field> fields) {
  log_start(log_level::info, false);
  auto& s = current();
  if (level < s.least) return;
  const auto [logger, pool] = [&s] {
    const std::lock_guard guard(s.lock);
    return std::pair(s.logger, s.pool);
  }();
  if (!logger) return;
  if (s.json) {
    boost::json::object line{{"level", name_of(level)}, {"event", event}};
    for (const auto& field : fields) line[field.key] = field.value;
    logger->log(to_spdlog(level), boost::json::serialize(line).substr(1));  // the pattern has the first brace
    return;
  }
  std::string line = "event=";
  append_logfmt(line, event);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_logfmt(line, field.value);
  }
  logger->log(to_spdlog(level), line);
}

}  // namespace dunlin
