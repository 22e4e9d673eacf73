#include "app/config.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "accounts/handle.hpp"
#include "app/values.hpp"
#include "base/check.hpp"
#include "http/client_address.hpp"

namespace dunlin::app {

namespace {

// A configuration file is a page or two; what is larger is something else.
constexpr std::uintmax_t max_file = 1 << 20;

const setting* find_setting(std::string_view name) {
  const auto found = std::ranges::find(settings(), name, &setting::name);
  return found == settings().end() ? nullptr : &*found;
}

std::string unknown_key(std::string_view name) {
  const auto all = settings();
  const auto nearest = std::ranges::min_element(all, {}, [&](const setting& s) { return distance(name, s.name); });
  std::string text = "there is no setting '" + std::string(name) + "'";
  // The last part alone may be right: "max_body" without its section.
  const auto same_key = std::ranges::find_if(all, [&](const setting& s) {
    return s.name.ends_with("." + std::string(name)) || name.ends_with("." + std::string(s.name));
  });
  if (same_key != all.end()) return text + ", did you mean '" + std::string(same_key->name) + "'?";
  if (distance(name, nearest->name) <= 3) return text + ", did you mean '" + std::string(nearest->name) + "'?";
  return text + "; `dunlin config` lists all";
}

std::string number_text(setting_type type, std::uint64_t value) {
  switch (type) {
    case setting_type::size: return size_text(value);
    case setting_type::time: return time_text(value);
    default: return std::to_string(value);
  }
}

std::string wanted(const setting& s) {
  const auto range = [&] { return " from " + number_text(s.type, s.least) + " to " + number_text(s.type, s.most); };
  switch (s.type) {
    case setting_type::address: return "an address such as \"127.0.0.1:1883\" or \"[::1]:1883\"";
    case setting_type::path: return "a path";
    case setting_type::text: return "a text";
    case setting_type::count: return "a number" + range();
    case setting_type::size: return "a size such as \"64 KiB\"," + range();
    case setting_type::time: return "a time such as \"10 s\" (ms, s, min, h, d)," + range();
    case setting_type::choice: {
      std::string all(s.choices);
      for (std::size_t at = 0; (at = all.find('|', at)) != std::string::npos; at += 4) all.replace(at, 1, " or ");
      return all;
    }
    case setting_type::texts: return "a list of texts such as [\"https://chat.example\"]";
  }
  return {};
}

bool is_choice(std::string_view choices, std::string_view value) {
  while (true) {
    const auto bar = choices.find('|');
    if (choices.substr(0, bar) == value) return true;
    if (bar == std::string_view::npos) return false;
    choices.remove_prefix(bar + 1);
  }
}

// True if `value` is right for `s`; then it is in `out`.
bool assign(config& out, const setting& s, std::string_view value) {
  std::optional<std::uint64_t> number;
  switch (s.type) {
    case setting_type::count: number = parse_count(value); break;
    case setting_type::size: number = parse_size(value); break;
    case setting_type::time: number = parse_time(value); break;
    case setting_type::address:
      if (!split_address(value)) return false;
      break;
    case setting_type::choice:
      if (!is_choice(s.choices, value)) return false;
      break;
    case setting_type::path:
      if (value.empty() && !s.fallback.empty()) return false;
      break;
    case setting_type::text:
    case setting_type::texts: break;
  }
  if (const auto* text = std::get_if<std::string config::*>(&s.target)) {
    out.*(*text) = value;
    return true;
  }
  if (const auto* target = std::get_if<std::uint64_t config::*>(&s.target)) {
    if (!number || *number < s.least || *number > s.most) return false;
    out.*(*target) = *number;
    return true;
  }
  // Texts on the command line are separated by commas.
  auto& list = out.*std::get<std::vector<std::string> config::*>(s.target);
  list.clear();
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    if (comma > 0) list.emplace_back(value.substr(0, comma));
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return true;
}

bool assign_list(config& out, const setting& s, const toml::array& items) {
  auto& list = out.*std::get<std::vector<std::string> config::*>(s.target);
  list.clear();
  for (const auto& item : items) {
    const auto text = item.value<std::string>();
    if (!text || !item.is_string()) return false;
    list.push_back(*text);
  }
  return true;
}

bool assign_node(config& out, const setting& s, const toml::node& node) {
  if (s.type == setting_type::texts) return node.is_array() && assign_list(out, s, *node.as_array());
  if (node.is_string()) {
    // A count is written as a number, so that the file reads as it means.
    return s.type != setting_type::count && assign(out, s, node.as_string()->get());
  }
  const bool whole = node.is_integer() && node.as_integer()->get() >= 0;
  const bool number = s.type == setting_type::count || s.type == setting_type::size;
  return whole && number && assign(out, s, std::to_string(node.as_integer()->get()));
}

std::string place(std::string_view file, const toml::source_region& source) {
  return std::string(file) + ":" + std::to_string(source.begin.line) + ": ";
}

config_result<config> read_table(config out, const toml::table& table, const std::string& prefix,
                                 std::string_view file) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      const bool section =
          std::ranges::any_of(settings(), [&](const setting& s) { return s.name.starts_with(name + "."); });
      if (!section) return config_error{place(file, key.source()) + unknown_key(name)};
      auto read = read_table(std::move(out), *inner, name + ".", file);
      if (!read) return read.error();
      out = std::move(*read);
      continue;
    }
    const auto* s = find_setting(name);
    if (s == nullptr) return config_error{place(file, key.source()) + unknown_key(name)};
    if (!assign_node(out, *s, node)) {
      return config_error{place(file, node.source()) + name + " must be " + wanted(*s)};
    }
  }
  return out;
}

}  // namespace

std::string_view unit_of(setting_type type) {
  switch (type) {
    case setting_type::size: return "bytes";
    case setting_type::time: return "ms";
    case setting_type::count: return "count";
    case setting_type::address: return "host:port";
    case setting_type::path: return "path";
    case setting_type::text: return "text";
    case setting_type::choice: return "choice";
    case setting_type::texts: return "list";
  }
  return {};
}

std::optional<host_port> split_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = parse_count(text.substr(colon + 1));
  if (!port || *port > 65'535) return std::nullopt;
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) return std::nullopt;
  if (host.find_first_of(" \t[]/") != std::string_view::npos) return std::nullopt;
  return host_port{std::string(host), static_cast<std::uint16_t>(*port)};
}

config default_config() {
  config out;
  for (const auto& s : settings()) DUNLIN_CHECK(assign(out, s, s.fallback));
  return out;
}

config_result<config> read_config(config base, std::string_view text, std::string_view name) {
  const auto parsed = toml::parse(text, name);
  if (!parsed) {
    return config_error{place(name, parsed.error().source()) + std::string(parsed.error().description())};
  }
  return read_table(std::move(base), parsed.table(), "", name);
}

config_result<config> read_config_file(config base, const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || text.view().size() > max_file) {
    return config_error{path + ": the configuration cannot be read" +
                        (in ? "" : std::string(": ") + std::strerror(errno))};
  }
  return read_config(std::move(base), text.view(), path);
}

config_result<config> set_one(config base, std::string_view key, std::string_view value, std::string_view origin) {
  const auto* s = find_setting(key);
  if (s == nullptr) return config_error{std::string(origin) + ": " + unknown_key(key)};
  if (!assign(base, *s, value)) {
    return config_error{std::string(origin) + ": " + std::string(key) + " must be " + wanted(*s) + ", not '" +
                        std::string(value) + "'"};
  }
  return base;
}

std::optional<config_error> check(const config& c) {
  constexpr std::uint64_t envelope = 1024;  // topic, properties and the message's other fields
  if (c.max_packet < c.max_body + envelope) {
    return config_error{"limits.max_packet (" + size_text(c.max_packet) + ") must be at least limits.max_body (" +
                        size_text(c.max_body) + ") and 1 KiB"};
  }
  // Two prepared segments must hold the reserve and what clients may have on its way (two batches of 4 MiB), when the
  // end of each may stay unused by as much as a batch.
  constexpr std::uint64_t batches = 9ULL << 20;
  if (c.log_segment < batches + c.log_reserve / 2) {
    return config_error{"log.segment_size (" + size_text(c.log_segment) +
                        ") must be at least 9 MiB and half of log.reserve (" + size_text(c.log_reserve) + ")"};
  }
  if (c.log_unsealed < 4 * c.log_segment) {
    return config_error{"log.max_unsealed (" + size_text(c.log_unsealed) +
                        ") must be at least four of log.segment_size (" + size_text(c.log_segment) + ")"};
  }
  const bool web_url = c.web_url.starts_with("https://") || c.web_url.starts_with("http://");
  if (!c.web_url.empty() && (!web_url || c.web_url.find_first_of(" #?") != std::string::npos)) {
    return config_error{"web.url ('" + c.web_url + "') must be an address such as \"https://chat.example\""};
  }
  if (!accounts::check_display_name(c.server_name)) return config_error{"server.name must be a name on one line"};
  for (const auto& text : c.proxies) {
    if (!http::parse_network(text)) {
      return config_error{"web.proxies: '" + text + "' is no address such as \"127.0.0.1\" or \"10.0.0.0/8\""};
    }
  }
  return std::nullopt;
}

namespace {

std::string toml_text(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string toml_value(const config& c, const setting& s) {
  if (const auto* text = std::get_if<std::string config::*>(&s.target)) return toml_text(c.*(*text));
  if (const auto* number = std::get_if<std::uint64_t config::*>(&s.target)) {
    const auto text = number_text(s.type, c.*(*number));
    return s.type == setting_type::count ? text : toml_text(text);
  }
  std::string out = "[";
  for (const auto& text : c.*std::get<std::vector<std::string> config::*>(s.target)) {
    out += (out.size() > 1 ? ", " : "") + toml_text(text);
  }
  return out + "]";
}

}  // namespace

std::string to_toml(const config& values) {
  const auto defaults = default_config();
  std::string out = "# Every setting of Dunlin. What is left out of a file has its default.\n";
  std::string_view section;
  for (const auto& s : settings()) {
    const auto dot = s.name.find('.');
    const auto in = dot == std::string_view::npos ? std::string_view() : s.name.substr(0, dot);
    if (in != section) out += "\n[" + std::string(in) + "]";
    section = in;
    const auto key = dot == std::string_view::npos ? s.name : s.name.substr(dot + 1);
    out += "\n# " + std::string(s.meaning) + "\n# Default: " + toml_value(defaults, s) + "; " + wanted(s) + ".\n";
    out += std::string(key) + " = " + toml_value(values, s) + "\n";
  }
  return out;
}

std::string to_json(const config& values) {
  const auto defaults = default_config();
  const auto value_of = [](const config& c, const setting& s) -> boost::json::value {
    if (const auto* text = std::get_if<std::string config::*>(&s.target)) return boost::json::value(c.*(*text));
    if (const auto* number = std::get_if<std::uint64_t config::*>(&s.target)) return c.*(*number);
    boost::json::array list;
    for (const auto& text : c.*std::get<std::vector<std::string> config::*>(s.target)) list.emplace_back(text);
    return list;
  };
  boost::json::array out;
  for (const auto& s : settings()) {
    boost::json::object one;
    one["name"] = std::string(s.name);
    one["value"] = value_of(values, s);
    one["default"] = value_of(defaults, s);
    one["unit"] = std::string(unit_of(s.type));
    one["meaning"] = std::string(s.meaning);
    if (s.most > 0) {
      one["least"] = s.least;
      one["most"] = s.most;
    }
    if (!s.choices.empty()) one["choices"] = std::string(s.choices);
    out.push_back(std::move(one));
  }
  return boost::json::serialize(out);
}

}  // namespace dunlin::app
