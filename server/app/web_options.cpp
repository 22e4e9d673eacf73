#include "app/web_options.hpp"

#include <filesystem>

#include "app/version.hpp"

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

http::self self_of(const config& c) { return {c.server_name, std::string(version)}; }

accounts::signup_policy signup_of(const config& c) {
  if (c.signup_policy == "open") return accounts::signup_policy::open;
  return c.signup_policy == "closed" ? accounts::signup_policy::closed : accounts::signup_policy::invite;
}

accounts::directory_policy directory_of(const config& c) {
  return c.directory_policy == "exact" ? accounts::directory_policy::exact : accounts::directory_policy::members;
}

std::string web_root_of(const config& c) {
  namespace fs = std::filesystem;
  if (!c.web_root.empty()) return c.web_root;
  std::error_code ignored;
  const auto here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const auto* place : {"web", "../share/dunlin/web", "../web/dist"}) {
    const auto root = (here / place).lexically_normal();
    if (fs::is_regular_file(root / "index.html", ignored)) return root.string();
  }
  return {};
}

std::string url_of(const config& c, const std::string& address) {
  // An address that stands for all of a machine's is none to go to.
  const auto colon = address.rfind(':');
  const auto host = address.substr(0, colon);
  const bool all = host == "0.0.0.0" || host == "[::]";
  const auto own = "http://" + (all ? "localhost" + address.substr(colon) : address);
  auto out = c.web_url.empty() ? own : c.web_url;
  while (out.ends_with('/')) out.pop_back();
  return out;
}

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
