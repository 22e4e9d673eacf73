#include "tests/crash/rounds/range_read.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <sys/socket.h>
#include <sys/time.h>

#include <unistd.h>

#include "base/wire.hpp"
#include "bench/client/endpoint.hpp"

namespace dunlin::crash {

namespace {

constexpr int page = 1000;

// The body of a 200 answer; nothing otherwise. HTTP/1.0, so the end of the connection is the end of the answer and no
// chunks come.
std::optional<std::string> get(const std::string& http, const std::string& token, const std::string& target) {
  const auto where = bench::parse_endpoint(http);
  if (!where) return std::nullopt;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::nullopt;
  const timeval limit{10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const sockaddr_in address = where->socket_address();
  std::string answer;
  const std::string request = "GET " + target + " HTTP/1.0\r\nHost: " + http + "\r\nAuthorization: Bearer " + token +
                              "\r\nAccept: application/x-protobuf\r\nConnection: close\r\n\r\n";
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) == std::ssize(request)) {
    std::array<char, 64 * 1024> buffer{};
    for (ssize_t n = 0; (n = recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  close(fd);
  const std::size_t head = answer.find("\r\n\r\n");
  const bool good =
      head != std::string::npos && answer.compare(0, 5, "HTTP/") == 0 && answer.compare(8, 4, " 200") == 0;
  if (!good) return std::nullopt;
  return answer.substr(head + 4);
}

}  // namespace

std::string read_conversation(const std::string& http, const std::string& token, const std::string& conversation,
                              const std::function<void(const stream::record_view&)>& take) {
  std::uint64_t from = 1;
  std::uint64_t head = 1;
  while (from <= head) {
    const std::string target = "/v1/conversations/" + conversation + "/records?from=" + std::to_string(from) +
                               "&limit=" + std::to_string(page);
    const auto body = get(http, token, target);
    if (!body) return "GET " + target + " failed";
    wire_reader records(as_bytes(*body));
    const std::uint64_t before = from;
    while (records.next()) {
      if (records.tag() == number_tag(2)) head = records.value();
      if (records.tag() != data_tag(1)) continue;
      const auto record = stream::read_record(records.data());
      if (!record || record->seq < from) return "GET " + target + " gave something that is no record, or not asked for";
      take(*record);
      from = record->seq + 1;
    }
    if (!records.ok()) return "GET " + target + " gave something that is no Records";
    if (from == before && from <= head) return "GET " + target + " gave nothing below the head " + std::to_string(head);
  }
  return {};
}

}  // namespace dunlin::crash
