#include "http/web_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <openssl/evp.h>

#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::http {

namespace fs = std::filesystem;

namespace {

struct media {
  std::string_view extension;
  std::string_view type;
  bool runs = false;
};

constexpr std::array types = {
    media{".html", "text/html; charset=utf-8", true},
    media{".js", "text/javascript; charset=utf-8", true},
    media{".mjs", "text/javascript; charset=utf-8", true},
    media{".css", "text/css; charset=utf-8"},
    media{".json", "application/json"},
    media{".map", "application/json"},
    media{".webmanifest", "application/manifest+json"},
    media{".svg", "image/svg+xml"},
    media{".png", "image/png"},
    media{".jpg", "image/jpeg"},
    media{".jpeg", "image/jpeg"},
    media{".webp", "image/webp"},
    media{".avif", "image/avif"},
    media{".ico", "image/x-icon"},
    media{".woff2", "font/woff2"},
    media{".wasm", "application/wasm"},
    media{".txt", "text/plain; charset=utf-8"},
};

// What the app may do: run its own scripts, made by nobody's strings (Trusted Types; the app's own policy, which names
// its workers, is "dunlin"), show what it has as bytes, and talk to its own server. A worker has the policy of its
// script's answer, so scripts have it, too. web/browser holds the app's stories to the same.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dunlin";
// The camera reads link codes; everything else the app does not use.
constexpr std::string_view permissions =
    "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), "
    "display-capture=(), browsing-topics=()";

media media_of(const std::string& path) {
  const auto extension = fs::path(path).extension().string();
  const auto* found = std::ranges::find(types, std::string_view(extension), &media::extension);
  return found == types.end() ? media{"", "application/octet-stream"} : *found;
}

// As Vite names what it builds: /assets/name-HASH.js with 8 characters of hash.
bool has_hash(std::string_view path) {
  constexpr std::size_t hash = 8;
  if (!path.starts_with("/assets/")) return false;
  auto name = path.substr(path.rfind('/') + 1);
  name = name.substr(0, name.find('.'));
  if (name.size() < hash + 2 || name[name.size() - hash - 1] != '-') return false;
  return std::ranges::all_of(name.substr(name.size() - hash), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

std::string tag_of(const std::string& data) {
  std::array<unsigned char, 32> digest;
  DUNLIN_CHECK(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < 16; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out + "\"";
}

std::optional<std::string> slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string out{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) return std::nullopt;
  return out;
}

// The files below `root` by their paths; or why not.
result<std::map<std::string, std::shared_ptr<const std::string>>, web_files::error> read_all(const std::string& root) {
  std::map<std::string, std::shared_ptr<const std::string>> out;
  std::size_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const bool hidden = at->path().filename().string().starts_with('.');
    if (hidden && at->is_directory(gone)) at.disable_recursion_pending();
    if (hidden || at->is_symlink(gone) || !at->is_regular_file(gone)) continue;
    auto data = slurp(at->path());
    if (!data) return web_files::error{at->path().string() + " cannot be read"};
    bytes += data->size();
    if (out.size() >= web_files::max_files || bytes > web_files::max_bytes) {
      return web_files::error{root + " has more than 4096 files or 64 MiB: it is no app's build"};
    }
    const auto name = "/" + at->path().lexically_relative(root).generic_string();
    out.emplace(name, std::make_shared<const std::string>(std::move(*data)));
  }
  if (error) return web_files::error{root + " cannot be read: " + error.message()};
  return out;
}

}  // namespace

result<std::shared_ptr<const web_files>, web_files::error> web_files::load(const std::string& root) {
  const auto all = read_all(root);
  if (!all) return all.error();
  if (!all->contains("/index.html"))
    return error{root + " has no index.html: build the app, or name another directory"};
  auto out = std::make_shared<web_files>();
  const auto other = [&](const std::string& path) -> std::optional<coded> {
    const auto found = all->find(path);
    if (found == all->end()) return std::nullopt;
    return coded{found->second, tag_of(*found->second)};
  };
  for (const auto& [path, data] : *all) {
    const bool coding = path.ends_with(".br") || path.ends_with(".gz");
    if (coding && all->contains(path.substr(0, path.size() - 3))) continue;
    const auto what = media_of(path);
    out->files_.emplace(
        path,
        file{what.type, has_hash(path), what.runs, {data, tag_of(*data)}, other(path + ".br"), other(path + ".gz")});
  }
  return std::shared_ptr<const web_files>(std::move(out));
}

std::optional<response> web_files::answer(const request& what) const {
  const auto path = decode_path(what.path);
  const auto found = files_.find(path == "/" ? "/index.html" : std::string_view(path));
  if (found == files_.end()) return std::nullopt;
  const auto& one = found->second;
  response out;
  const auto* chosen = &one.plain;
  if (one.gzip && takes_encoding(what.accept_encoding, "gzip")) chosen = &*one.gzip;
  if (one.brotli && takes_encoding(what.accept_encoding, "br")) chosen = &*one.brotli;
  if (one.gzip || one.brotli) out.headers.emplace_back("Vary", "Accept-Encoding");
  out.headers.emplace_back("ETag", chosen->tag);
  out.headers.emplace_back("Cache-Control", one.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (one.runs) {
    out.headers.emplace_back("Content-Security-Policy", policy);
    out.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    out.headers.emplace_back("Permissions-Policy", permissions);
  }
  if (lists_tag(what.if_none_match, chosen->tag)) {
    out.status = 304;
    return out;
  }
  if (chosen != &one.plain)
    out.headers.emplace_back("Content-Encoding", one.brotli && chosen == &*one.brotli ? "br" : "gzip");
  out.content_type = one.type;
  out.shared_body = chosen->data;
  return out;
}

}  // namespace dunlin::http
