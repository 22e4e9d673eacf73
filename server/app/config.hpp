// The configuration: one table of settings (settings.cpp) from which the TOML file, the flags, `dunlin config` and the
// defaults all come.
//
// A wrong key or value is refused with the place where it stands and what would be right; nothing is guessed.
// Values: sizes are "64 KiB" (B, KiB, MiB, GiB) or a number of bytes; times are "10 s" (ms, s, min, h, d), never a bare
// number; addresses are "host:port" or "[ipv6]:port", port 0 picks a free one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace dunlin::app {

// Numbers are bytes, milliseconds or counts, as the setting's type says.
struct config {
  std::string mqtt;
  std::string http;
  std::string data;
  std::uint64_t shards = 0;

  std::uint64_t max_body = 0;
  std::uint64_t max_packet = 0;
  std::uint64_t receive_maximum = 0;
  std::uint64_t connections = 0;
  std::uint64_t http_connections = 0;
  std::uint64_t handshake_timeout = 0;
  std::uint64_t secondary_connections = 0;
  std::uint64_t output_watermark = 0;
  std::uint64_t keep_alive = 0;
  std::uint64_t session_expiry = 0;

  std::uint64_t keep_undelivered = 0;
  std::uint64_t keep_account = 0;
  std::uint64_t silent_device = 0;

  std::uint64_t idle_state = 0;
  std::uint64_t states = 0;

  std::uint64_t log_segment = 0;
  std::uint64_t log_unsealed = 0;
  std::uint64_t log_reserve = 0;
  std::uint64_t log_keep_free = 0;

  std::string logging_level;
  std::string logging_format;

  std::string server_name;
  std::string signup_policy;
  std::string directory_policy;

  std::string web_url;
  std::string web_root;
  std::vector<std::string> allowed_origins;
  std::vector<std::string> proxies;

  std::uint64_t rate_sign_ins = 0;
  std::uint64_t rate_sign_ups = 0;
  std::uint64_t rate_checks = 0;
  std::uint64_t rate_lookups = 0;
  std::uint64_t rate_directory = 0;
  std::uint64_t rate_links = 0;
  std::uint64_t rate_claims = 0;
  std::uint64_t rate_misses = 0;
  std::uint64_t rate_uploads = 0;
  std::uint64_t rate_writes = 0;
};

enum class setting_type : std::uint8_t { address, path, text, count, size, time, choice, texts };

struct setting {
  std::string_view name;  // as in the file: "section.key"
  setting_type type;
  std::string_view fallback;  // the default, written as a value of the type
  std::string_view meaning;
  std::variant<std::string config::*, std::uint64_t config::*, std::vector<std::string> config::*> target;
  std::uint64_t least = 0;  // count, size, time
  std::uint64_t most = 0;
  std::string_view choices;  // choice: "a|b|c"
};

std::span<const setting> settings();
// "bytes", "ms", …: what a program reads from the JSON form.
std::string_view unit_of(setting_type type);

// Why a configuration is refused: where it stands, what is wrong, what would be right.
struct config_error {
  std::string text;
};
template <class T>
using config_result = boost::system::result<T, config_error>;

config default_config();
// What the file says, over `base`. `name` stands in error texts.
config_result<config> read_config(config base, std::string_view toml, std::string_view name);
config_result<config> read_config_file(config base, const std::string& path);
// One setting from the command line: "limits.max_body" and "1 MiB". `origin` stands in error texts.
config_result<config> set_one(config base, std::string_view key, std::string_view value, std::string_view origin);

// What several settings must satisfy together.
std::optional<config_error> check(const config& values);

// A TOML file of all settings with their values in `values`, each with its meaning, default and bounds as a comment.
std::string to_toml(const config& values);
std::string to_json(const config& values);

struct host_port {
  std::string host;
  std::uint16_t port = 0;
};
std::optional<host_port> split_address(std::string_view text);

}  // namespace dunlin::app
