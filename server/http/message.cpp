#include "http/message.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace dunlin::http {

namespace json = boost::json;

namespace {

json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// `plus`: what a plus sign means.
std::string decode(std::string_view text, char plus) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escaped) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? plus : text[i];
    }
  }
  return out;
}

// "q=0" refuses what it stands behind (RFC 9110 section 12.4.2).
bool refuses(std::string_view quality) { return equal_fold(quality, "q=0") || quality.starts_with("q=0.000"); }

}  // namespace

bool equal_fold(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_part(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

response problem(int status, std::string_view word, std::string_view title, std::string_view detail,
                 std::string_view field) {
  std::string type = "urn:dunlin:problem:" + std::string(word);
  std::ranges::replace(type, '_', '-');
  json::object body{{"type", type}, {"title", view(title)}, {"status", status}};
  if (!detail.empty()) body["detail"] = view(detail);
  if (!field.empty()) body["field"] = view(field);
  return {status, "application/problem+json", json::serialize(body), {}, {}};
}

response json_answer(std::string body, int status) { return {status, "application/json", std::move(body), {}, {}}; }

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto pair = take_part(query, '&');
    const auto key = take_part(pair, '=');
    if (decode(key, ' ') == name) return decode(pair, ' ');
  }
  return std::nullopt;
}

std::string decode_path(std::string_view part) { return decode(part, '+'); }

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  const auto text = trim(authorization);
  if (text.size() <= scheme.size() || !equal_fold(text.substr(0, scheme.size()), scheme)) return std::nullopt;
  return trim(text.substr(scheme.size()));
}

bool accepts(std::string_view accept, std::string_view media_type) {
  while (!accept.empty()) {
    auto range = take_part(accept, ',');
    const auto type = trim(take_part(range, ';'));
    if (type.starts_with("*/") || equal_fold(type, "application/*")) return false;
    if (!equal_fold(type, media_type)) continue;
    return !refuses(trim(range));
  }
  return false;
}

bool is_type(std::string_view content_type, std::string_view media_type) {
  return equal_fold(trim(take_part(content_type, ';')), media_type);
}

bool takes_encoding(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    auto item = take_part(accept_encoding, ',');
    if (equal_fold(trim(take_part(item, ';')), coding)) return !refuses(trim(item));
  }
  return false;
}

bool lists_tag(std::string_view if_none_match, std::string_view tag) {
  if (trim(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    auto item = trim(take_part(if_none_match, ','));
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == tag) return true;
  }
  return false;
}

}  // namespace dunlin::http
