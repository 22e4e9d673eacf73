// One HTTP connection: requests one after the other, each bounded in size and time.
#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "http/handlers.hpp"
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

std::string_view to_view(beast::string_view text) { return {text.data(), text.size()}; }

using parser = bhttp::request_parser<bhttp::string_body>;

// RFC 9112 section 3.2.2: a server must take the absolute form of a target too.
std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

request plain(const parser& in) {
  const auto& message = in.get();
  const auto target = origin_form(to_view(message.target()));
  const auto mark = std::min(target.find('?'), target.size());
  request out;
  out.method = to_view(message.method_string());
  out.path = target.substr(0, mark);
  out.query = target.substr(std::min(mark + 1, target.size()));
  out.authorization = to_view(message[bhttp::field::authorization]);
  out.accept = to_view(message[bhttp::field::accept]);
  return out;
}

// What a parser lets through and must not pass: each is how two servers can be made to see different requests.
std::string_view objection(const parser& in) {
  const auto& m = in.get();
  if (m.version() >= 11 && m.count(bhttp::field::host) != 1) return "a request has one Host";
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
    in.body_limit(max_body_bytes);
    if (!co_await read_header(in)) co_return false;
    if (const auto why = objection(in); !why.empty()) co_return co_await refuse_malformed(why);
    const auto what = plain(in);
    const auto where = find_route(what.method, what.path);
    if (where.to == route::websocket && what.method == "GET") co_return co_await upgrade(in);
    // No endpoint reads a body yet: one that waits to be asked for it is answered without it.
    const bool unread = !in.is_done() && to_view(in.get()[bhttp::field::expect]) == "100-continue";
    if (!unread && !in.is_done()) {
      const auto [error, size] = co_await bhttp::async_read(stream_, buffer_, in, tuple);
      if (error) co_return co_await refuse(error);
    }
    const bool keep = in.keep_alive() && !unread && !shared_.stopping;
    const auto answer = co_await answer_to(what, where);
    co_return co_await write(answer, keep, what.method == "HEAD", in.get().version());
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

  asio::awaitable<response> answer_to(request what, routed where) {
    if (where.to == route::none && !where.allowed) {
      co_return problem(404, "not-found", "Not found", "there is nothing at this path");
    }
    if (!where.allowed) {
      auto out =
          problem(405, "method-not-allowed", "Method not allowed", "this path takes " + std::string(where.allow));
      out.headers.emplace_back("Allow", where.allow);
      co_return out;
    }
    if (what.method == "OPTIONS") {
      response out;
      out.status = 204;
      out.headers.emplace_back("Allow", where.allow);
      co_return out;
    }
    auto out = co_await handle(std::move(what), std::move(where), shared_.with);
    if (out.status == 401) shared_.counts.unauthorized.add();
    co_return out;
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
                                 : problem(413, "body-too-large", "Body too large", "a body is at most 64 KiB");
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
    bhttp::response<bhttp::string_body> out(static_cast<bhttp::status>(answer.status), version);
    add_headers(out, answer);
    out.keep_alive(keep);
    if (answer.status != 204 && answer.status != 101) out.content_length(answer.body.size());
    if (!head) out.body() = answer.body;
    stream_.expires_after(std::chrono::milliseconds(shared_.wanted.write_timeout));
    bhttp::response_serializer<bhttp::string_body> serializer(out);
    const auto [error, size] = co_await bhttp::async_write(stream_, serializer, tuple);
    if (!error && !keep) co_await linger();
    co_return !error && keep;
  }

  static void add_headers(bhttp::response<bhttp::string_body>& out, const response& answer) {
    if (!answer.content_type.empty()) out.set(bhttp::field::content_type, answer.content_type);
    out.set("X-Content-Type-Options", "nosniff");
    out.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    out.set("Referrer-Policy", "no-referrer");
    out.set("Cross-Origin-Resource-Policy", "same-origin");
    out.set(bhttp::field::cache_control, "no-store");
    for (const auto& [name, value] : answer.headers) out.set(name, value);
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
    auto answer = answer_upgrade(what, shared_.wanted.allowed_origins);
    if (answer.status == 101 && shared_.stopping) {
      answer = problem(503, "draining", "Unavailable", "the server is stopping");
    }
    if (answer.status != 101) {
      (answer.status == 403 ? shared_.counts.foreign_origin : shared_.counts.bad_handshake).add();
      co_await write(answer, false, false, 11);
      co_return false;
    }
    if (co_await write(answer, true, false, 11)) hand_over();
    co_return false;
  }

  void hand_over() {
    const auto data = buffer_.data();
    const auto* first = static_cast<const std::uint8_t*>(data.data());
    upgraded out;
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
  beast::flat_buffer buffer_{max_header_bytes + max_body_bytes};
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
