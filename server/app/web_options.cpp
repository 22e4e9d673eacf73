#include "app/web_options.hpp"

namespace dunlin::app {

namespace {

constexpr mono_ms minute = 60'000;
constexpr mono_ms hour = 60 * minute;

http::rates rates_of(const config& c) {
  http::rates out;
  const auto set = [&](http::limit which, std::uint64_t most, mono_ms per) {
    out[static_cast<std::size_t>(which)] = {most, per};
  };
  set(http::limit::sign_ins, c.rate_sign_ins, minute);
  set(http::limit::sign_ups, c.rate_sign_ups, hour);
  set(http::limit::checks, c.rate_checks, minute);
  set(http::limit::lookups, c.rate_lookups, minute);
  set(http::limit::directory, c.rate_directory, minute);
  set(http::limit::links, c.rate_links, minute);
  set(http::limit::claims, c.rate_claims, 10 * minute);
  set(http::limit::misses, c.rate_misses, 10 * minute);
  set(http::limit::uploads, c.rate_uploads, hour);
  set(http::limit::writes, c.rate_writes, minute);
  return out;
}

}  // namespace

http::options web_options(const config& c) {
  http::options out;
  out.address = c.http;
  out.max_connections = c.http_connections;
  out.request_timeout = static_cast<mono_ms>(c.handshake_timeout);
  out.named_origins = c.allowed_origins;
  for (const auto& text : c.proxies) out.proxies.push_back(*http::parse_network(text));
  out.limits = rates_of(c);
  return out;
}

}  // namespace dunlin::app
