// One HTTP connection: requests one after the other, each bounded in size and time, let in by admit(), answered by
// answer().
#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "http/shared.hpp"
#include "http/upgrade.hpp"

namespace dunlin::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
// After an answer that closes, what the client still sends is read for so long, so that the answer is not lost with a
// reset (RFC 9112 section 9.6).
constexpr std::chrono::milliseconds linger_time{500};
constexpr std::size_t linger_bytes = 256 * 1024;
// Of any endpoint: what a parser starts with, before it is known which one is asked.
constexpr std::uint64_t largest_body = 1024 * 1024;

std::string_view to_view(beast::string_view text) { return {text.data(), text.size()}; }

using parser = bhttp::request_parser<bhttp::string_body>;

// RFC 9112 section 3.2.2: a server must take the absolute form of a target too.
std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

std::string field(const parser& in, bhttp::field name) { return std::string(to_view(in.get()[name])); }

// All headers of a name as the one list that they are.
std::string list_field(const parser& in, std::string_view name) {
  std::string out;
  const auto [first, last] = in.get().equal_range({name.data(), name.size()});
  for (auto at = first; at != last; ++at) {
    if (!out.empty()) out += ", ";
    out += to_view(at->value());
  }
  return out;
}

request plain(const parser& in) {
  const auto target = origin_form(to_view(in.get().target()));
  const auto mark = std::min(target.find('?'), target.size());
  request out;
  out.method = to_view(in.get().method_string());
  out.path = target.substr(0, mark);
  out.query = target.substr(std::min(mark + 1, target.size()));
  out.authorization = field(in, bhttp::field::authorization);
  out.accept = field(in, bhttp::field::accept);
  out.accept_encoding = field(in, bhttp::field::accept_encoding);
  out.content_type = field(in, bhttp::field::content_type);
  out.if_none_match = field(in, bhttp::field::if_none_match);
  out.host = field(in, bhttp::field::host);
  out.origin = field(in, bhttp::field::origin);
  return out;
}

// What a parser lets through and must not pass: each is how two servers can be made to see different requests.
std::string_view objection(const parser& in) {
  const auto& m = in.get();
  if (m.version() >= 11 && m.count(bhttp::field::host) != 1) return "a request has one Host";
  if (m.count(bhttp::field::authorization) > 1) return "more than one Authorization";
  if (m.count(bhttp::field::content_length) > 1) return "more than one Content-Length";
  const bool both = m.count(bhttp::field::content_length) > 0 && m.count(bhttp::field::transfer_encoding) > 0;
  if (both) return "both Content-Length and Transfer-Encoding";
  if (m.count(bhttp::field::transfer_encoding) > 0 && !in.chunked()) return "an unknown Transfer-Encoding";
  if (m.version() < 11 && m.count(bhttp::field::transfer_encoding) > 0) return "Transfer-Encoding in HTTP/1.0";
  return {};
}

}  // namespace

class connection {
 public:
  connection(asio::ip::tcp::socket socket, shared_state& shared) : stream_(std::move(socket)), shared_(shared) {}

  asio::awaitable<void> run() {
    bool more = true;
    while (more) more = co_await serve_one();
  }
  void close_if_idle() {
    if (idle_) stream_.cancel();
  }

 private:
  // False: the connection is at its end.
  asio::awaitable<bool> serve_one() {
    parser in;
    in.header_limit(max_header_bytes);
    in.body_limit(largest_body);
    if (!co_await read_header(in)) co_return false;
    if (const auto why = objection(in); !why.empty()) co_return co_await refuse_malformed(why);
    auto what = plain(in);
    what.client = client(in);
    auto where = find_route(what.method, what.path);
    if (where.to != nullptr && where.to->to == route::websocket) co_return co_await upgrade(in);
    const auto wanted = where.to == nullptr ? 0 : where.to->max_body;
    const auto most = std::max(wanted, small_body);
    if (in.content_length().value_or(0) > most) co_return co_await refuse(bhttp::error::body_limit);
    in.body_limit(most);
    // Whose token it is comes before the body: only who has one may send a large one.
    accounts::identity who;
    auto refusal = co_await admit(what, where, shared_, who);
    const bool asks = to_view(in.get()[bhttp::field::expect]) == "100-continue";
    const bool unread = !in.is_done() && (asks || most > small_body) && (refusal || wanted == 0);
    if (!in.is_done() && !unread && !co_await read_body(in, most, asks)) co_return false;
    const bool keep = in.keep_alive() && !unread && !shared_.stopping;
    const bool head = what.method == "HEAD";
    const auto version = in.get().version();
    if (refusal) {
      if (refusal->status == 401) shared_.counts.unauthorized.add();
      co_return co_await write(*refusal, keep, head, version);
    }
    if (wanted > 0) what.body = std::move(in.get().body());
    const auto out = co_await answer(std::move(what), std::move(where), who, shared_);
    co_return co_await write(out, keep && !shared_.stopping, head, version);
  }

  limit_key client(const parser& in) {
    boost::system::error_code error;
    const auto peer = stream_.socket().remote_endpoint(error).address();
    const auto known = error ? std::nullopt : parse_address(peer.to_string());
    return key_of(client_of(known.value_or(address{}), list_field(in, "X-Forwarded-For"), shared_.wanted.proxies));
  }

  // False: there is none, the answer to that is written, and the connection is at its end.
  asio::awaitable<bool> read_body(parser& in, std::uint64_t most, bool asks) {
    const auto limit = most > small_body ? shared_.wanted.upload_timeout : shared_.wanted.request_timeout;
    stream_.expires_after(std::chrono::milliseconds(limit));
    if (asks) {
      constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(go_on), tuple);
      if (error) co_return false;
    }
    const auto [error, size] = co_await bhttp::async_read(stream_, buffer_, in, tuple);
    if (!error) co_return true;
    co_return co_await refuse(error);
  }

  // The first byte may take as long as a connection may idle; the rest has the time of a request.
  asio::awaitable<bool> read_header(parser& in) {
    if (buffer_.size() == 0) {
      if (shared_.stopping) co_return false;
      idle_ = true;
      stream_.expires_after(
          std::chrono::milliseconds(first_ ? shared_.wanted.request_timeout : shared_.wanted.idle_timeout));
      const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(4096), tuple);
      idle_ = false;
      if (error == beast::error::timeout && first_) shared_.counts.timed_out.add();
      if (error) co_return false;
      buffer_.commit(size);
    }
    first_ = false;
    stream_.expires_after(std::chrono::milliseconds(shared_.wanted.request_timeout));
    const auto [error, size] = co_await bhttp::async_read_header(stream_, buffer_, in, tuple);
    if (!error) co_return true;
    co_await refuse(error);
    co_return false;
  }

  asio::awaitable<bool> refuse_malformed(std::string_view why) {
    shared_.counts.malformed.add();
    co_await write(problem(400, "malformed", "Bad request", why), false, false, 11);
    co_return false;
  }

  // What a failed read is answered with; nothing if the client is gone.
  asio::awaitable<bool> refuse(boost::system::error_code error) {
    auto& counts = shared_.counts;
    if (error == beast::error::timeout) {
      counts.timed_out.add();  // the stream is closed already
      co_return false;
    }
    const bool header = error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow;
    if (header || error == bhttp::error::body_limit) {
      (header ? counts.header_too_large : counts.body_too_large).add();
      const auto answer = header ? problem(431, "header-too-large", "Header too large", "a header is at most 8 KiB")
                                 : problem(413, "body-too-large", "Body too large", "a body here is smaller");
      co_await write(answer, false, false, 11);
      co_return false;
    }
    const bool broken = error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
                        error != bhttp::error::end_of_stream;
    if (broken) co_await refuse_malformed("this is not HTTP/1.1 as it should be");
    co_return false;
  }

  asio::awaitable<bool> write(const response& answer, bool keep, bool head, unsigned version) {
    shared_.counts.count_answer(answer.status);
    const auto content = answer.content();
    bhttp::response<bhttp::span_body<const char>> out(static_cast<bhttp::status>(answer.status), version);
    add_headers(out, answer);
    out.keep_alive(keep);
    const bool has_body = answer.status != 204 && answer.status != 304 && answer.status != 101;
    if (has_body) out.content_length(content.size());
    if (has_body && !head) out.body() = {content.data(), content.size()};
    stream_.expires_after(std::chrono::milliseconds(shared_.wanted.write_timeout));
    bhttp::response_serializer<bhttp::span_body<const char>> serializer(out);
    const auto [error, size] = co_await bhttp::async_write(stream_, serializer, tuple);
    if (!error && !keep) co_await linger();
    co_return !error && keep;
  }

  static void add_headers(bhttp::fields& out, const response& answer) {
    if (!answer.content_type.empty()) out.set(bhttp::field::content_type, answer.content_type);
    out.set("X-Content-Type-Options", "nosniff");
    out.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    out.set("Referrer-Policy", "no-referrer");
    out.set("Cross-Origin-Resource-Policy", "same-origin");
    out.set(bhttp::field::cache_control, "no-store");
    for (const auto& [name, value] : answer.headers) {
      if (name == "Vary") {
        out.insert(name, value);  // one line for each reason
      } else {
        out.set(name, value);
      }
    }
  }

  asio::awaitable<void> linger() {
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(linger_time);
    for (std::size_t total = 0; total < linger_bytes;) {
      buffer_.clear();
      const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(16 * 1024), tuple);
      if (error) co_return;
      total += size;
    }
  }

  asio::awaitable<bool> upgrade(const parser& in) {
    const auto& m = in.get();
    upgrade_request what;
    what.http_1_1 = m.version() >= 11;
    what.has_body = !in.is_done();
    what.host = to_view(m[bhttp::field::host]);
    what.upgrade = to_view(m[bhttp::field::upgrade]);
    what.connection = to_view(m[bhttp::field::connection]);
    what.key = to_view(m[bhttp::field::sec_websocket_key]);
    what.version = to_view(m[bhttp::field::sec_websocket_version]);
    what.protocols = to_view(m[bhttp::field::sec_websocket_protocol]);
    what.origin = to_view(m[bhttp::field::origin]);
    auto answer = answer_upgrade(what, shared_.wanted.named_origins);
    if (answer.status == 101 && shared_.stopping) {
      answer = problem(503, "draining", "Unavailable", "the server is stopping");
    }
    if (answer.status != 101) {
      (answer.status == 403 ? shared_.counts.foreign_origin : shared_.counts.bad_handshake).add();
      co_await write(answer, false, false, 11);
      co_return false;
    }
    if (co_await write(answer, true, false, 11)) hand_over(client(in));
    co_return false;
  }

  void hand_over(limit_key client) {
    const auto data = buffer_.data();
    const auto* first = static_cast<const std::uint8_t*>(data.data());
    upgraded out;
    out.client = client;
    out.read.assign(first, first + data.size());
    stream_.expires_never();
    auto socket = stream_.release_socket();
    boost::system::error_code error;
    socket.non_blocking(true, error);
    out.fd = socket.release(error);
    if (error) return;
    shared_.counts.upgrades.add();
    shared_.with.websocket(std::move(out));
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{max_header_bytes + small_body};
  shared_state& shared_;
  bool idle_ = false;
  bool first_ = true;
};

asio::awaitable<void> serve(asio::ip::tcp::socket socket, std::shared_ptr<shared_state> shared) {
  connection one(std::move(socket), *shared);
  shared->open.insert(&one);
  shared->counts.connections.set(static_cast<std::int64_t>(shared->open.size()));
  co_await one.run();
  shared->open.erase(&one);
  shared->counts.connections.set(static_cast<std::int64_t>(shared->open.size()));
}

void close_idle(connection& one) { one.close_if_idle(); }

}  // namespace dunlin::http
