#include "net/websocket.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/test_support.hpp"

namespace dunlin::net {
namespace {

constexpr std::uint8_t fin = 0x80;
constexpr std::uint8_t binary = 2;
constexpr std::uint8_t close_op = 8;
constexpr std::uint8_t ping = 9;
constexpr std::uint8_t pong = 10;

struct length_form {
  int bytes;  // 0: in the second byte; 2; 8
  std::uint64_t value;
};

length_form shortest(std::size_t n) { return {n < 126 ? 0 : n <= 0xffff ? 2 : 8, n}; }

// A client's frame, right or wrong.
std::string frame(std::uint8_t first, std::string_view payload, std::optional<length_form> length = {},
                  std::uint32_t mask = 0x12ab34cd) {
  const length_form form = length.value_or(shortest(payload.size()));
  std::string out(1, static_cast<char>(first));
  const unsigned short_form = form.bytes == 0 ? static_cast<unsigned>(form.value) : form.bytes == 2 ? 126U : 127U;
  out += static_cast<char>(0x80U | short_form);
  for (int shift = 8 * (form.bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(form.value >> shift);
  const char key[4] = {static_cast<char>(mask), static_cast<char>(mask >> 8), static_cast<char>(mask >> 16),
                       static_cast<char>(mask >> 24)};
  out.append(key, 4);
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ key[i % 4]);
  return out;
}

std::string message(std::string_view payload) { return frame(fin | binary, payload); }

std::string close_frame(std::uint16_t code, std::string_view reason = "") {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  return frame(fin | close_op, payload.append(reason));
}

std::string decode(websocket_reader& reader, std::string_view in) {
  bytes buffer(in.begin(), in.end());
  buffer.resize(reader.decode(buffer));
  return std::string(as_text(buffer));
}

close_code answer_to(std::string_view in) {
  websocket_reader reader;
  decode(reader, in);
  return reader.reply();
}

TEST(WebSocketReader, LeavesThePayloadOfSeveralFramesInOnePiece) {
  websocket_reader reader;
  const std::string big(70'000, 'b');
  EXPECT_EQ(decode(reader, message("one") + message(std::string(200, 'a')) + message(big) + message("")),
            "one" + std::string(200, 'a') + big);
  EXPECT_FALSE(reader.ended());
}

TEST(WebSocketReader, PassesFragmentsOnWithControlFramesBetween) {
  websocket_reader reader;
  const std::string in = frame(binary, "frag") + frame(fin | ping, "?") + frame(0, "men") + frame(fin, "ted");
  EXPECT_EQ(decode(reader, in + message("!")), "fragmented!");
  EXPECT_TRUE(reader.owes_pong());
  EXPECT_EQ(as_text(reader.take_pong()), "?");
  EXPECT_FALSE(reader.owes_pong());
}

TEST(WebSocketReader, GivesTheSameHoweverTheBytesAreCutUp) {
  std::string in;
  std::string expected;
  for (const std::size_t size : {0U, 1U, 7U, 125U, 126U, 300U, 65'535U, 65'536U}) {
    const std::string payload(size, static_cast<char>('a' + size % 26));
    in += frame(fin | binary, payload, {}, static_cast<std::uint32_t>(0x9e3779b9U * (size + 1)));
    in += frame(fin | ping, payload.substr(0, 125));
    expected += payload;
  }
  const auto seed = testing::UnitTest::GetInstance()->random_seed();
  SCOPED_TRACE(seed);
  std::minstd_rand random(static_cast<unsigned>(seed));
  for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{100}, std::size_t{100'000}}) {
    websocket_reader reader;
    std::string got;
    for (std::size_t at = 0; at < in.size();) {
      const std::size_t n = std::min<std::size_t>(1 + random() % most, in.size() - at);
      got += decode(reader, std::string_view(in).substr(at, n));
      at += n;
    }
    EXPECT_EQ(got, expected) << "pieces of up to " << most;
    EXPECT_FALSE(reader.ended());
  }
}

TEST(WebSocketReader, RefusesWhatBreaksARuleOfFraming) {
  const struct {
    const char* what;
    std::string in;
    close_code code;
  } cases[] = {
      {"no mask", std::string("\x82\x01x\0\0\0", 6), close_code::protocol_error},
      {"no mask, and nothing behind", "\x82\x01", close_code::protocol_error},
      {"reserved bit 1 (a compressed message)", frame(fin | 0x40 | binary, "x"), close_code::protocol_error},
      {"reserved bit 2", frame(fin | 0x20 | binary, "x"), close_code::protocol_error},
      {"reserved bit 3", frame(fin | 0x10 | binary, "x"), close_code::protocol_error},
      {"reserved data opcode", frame(fin | 3, "x"), close_code::protocol_error},
      {"reserved control opcode", frame(fin | 11, "x"), close_code::protocol_error},
      {"text", frame(fin | 1, "x"), close_code::unsupported_data},
      {"16-bit length of a short frame", frame(fin | binary, "x", length_form{2, 1}), close_code::protocol_error},
      {"64-bit length of a frame below 64 KiB", frame(fin | binary, "", length_form{8, 0xffff}),
       close_code::protocol_error},
      {"length with the highest bit", frame(fin | binary, "", length_form{8, std::uint64_t{1} << 63}),
       close_code::message_too_big},
      {"length of all ones", frame(fin | binary, "", length_form{8, ~std::uint64_t{0}}), close_code::message_too_big},
      {"a byte above the limit", frame(fin | binary, "", length_form{8, websocket_reader::max_frame + 1}),
       close_code::message_too_big},
      {"continuation of nothing", frame(fin, "x"), close_code::protocol_error},
      {"message within a message", frame(binary, "x") + message("y"), close_code::protocol_error},
      {"fragmented ping", frame(ping, "x"), close_code::protocol_error},
      {"long ping", frame(fin | ping, std::string(126, 'x')), close_code::protocol_error},
      {"ping with a 64-bit length", frame(fin | ping, "", length_form{8, 1 << 20}), close_code::protocol_error},
  };
  for (const auto& c : cases) EXPECT_EQ(answer_to(c.in), c.code) << c.what;
}

TEST(WebSocketReader, TakesAFrameOfExactlyTheLimit) {
  EXPECT_EQ(answer_to(frame(fin | binary, "", length_form{8, websocket_reader::max_frame})), close_code::none);
}

TEST(WebSocketReader, KeepsWhatCameBeforeAWrongFrameAndIgnoresWhatFollows) {
  websocket_reader reader;
  EXPECT_EQ(decode(reader, message("good") + frame(fin | 1, "bad") + message("later")), "good");
  EXPECT_TRUE(reader.ended());
  EXPECT_EQ(decode(reader, message("more")), "");
}

TEST(WebSocketReader, TruncatedFramesAreNeverPayloadBeforeTheirHeaderIsWhole) {
  const std::string whole = frame(fin | binary, std::string(66'000, 'x'));
  for (std::size_t n = 0; n < 14; ++n) {
    websocket_reader reader;
    EXPECT_EQ(decode(reader, whole.substr(0, n)), "");
    EXPECT_FALSE(reader.ended());
  }
}

TEST(WebSocketReader, AnswersACloseWithItsCode) {
  EXPECT_EQ(answer_to(close_frame(1000)), close_code::normal);
  EXPECT_EQ(answer_to(close_frame(1001, "bye \xe2\x82\xac")), close_code::going_away);
  EXPECT_EQ(answer_to(frame(fin | close_op, "")), close_code::normal);
  EXPECT_EQ(answer_to(close_frame(4999)), static_cast<close_code>(4999));
}

TEST(WebSocketReader, AnswersAWrongCloseWithWhatIsWrong) {
  EXPECT_EQ(answer_to(frame(fin | close_op, "\x03")), close_code::protocol_error);
  for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 2999U, 5000U, 65535U}) {
    EXPECT_EQ(answer_to(close_frame(static_cast<std::uint16_t>(code))), close_code::protocol_error) << code;
  }
  EXPECT_EQ(answer_to(close_frame(1000, "\xc0\xaf")), close_code::invalid_text);
  EXPECT_EQ(answer_to(close_frame(1000, "\xed\xa0\x80")), close_code::invalid_text);
  EXPECT_EQ(answer_to(close_frame(1000, "\xe2\x82")), close_code::invalid_text);
}

TEST(WebSocketReader, KnowsAPeerThatClosedFromOneThatBrokeARule) {
  const auto is_broken = [](const std::string& in) {
    websocket_reader reader;
    decode(reader, in);
    EXPECT_TRUE(reader.ended());
    return reader.broken();
  };
  EXPECT_FALSE(is_broken(close_frame(1002)));
  EXPECT_FALSE(is_broken(frame(fin | close_op, "")));
  EXPECT_TRUE(is_broken(close_frame(1005)));
  EXPECT_TRUE(is_broken(close_frame(1000, "\xc0\xaf")));
  EXPECT_TRUE(is_broken(frame(fin | 1, "text")));
}

TEST(WebSocketReader, RefusesAFloodOfFramesWithoutPayload) {
  const auto flood = [](const std::string& one, std::size_t n) {
    std::string out = frame(binary, "x");
    for (std::size_t i = 0; i < n; ++i) out += one;
    return answer_to(out);
  };
  for (const auto& one : {frame(0, ""), frame(fin | ping, "p"), frame(fin | pong, "")}) {
    EXPECT_EQ(flood(one, websocket_reader::max_barren), close_code::none);
    EXPECT_EQ(flood(one, websocket_reader::max_barren + 1), close_code::policy_violation);
  }
}

TEST(WebSocketReader, TinyFragmentsAreOnlyBytes) {
  websocket_reader reader;
  std::string in = frame(binary, "x");
  for (int i = 0; i < 10'000; ++i) in += frame(0, "x");
  EXPECT_EQ(decode(reader, in), std::string(10'001, 'x'));
  EXPECT_FALSE(reader.ended());
}

// What a client would receive.
std::string written(websocket_writer& writer, std::string_view payload, std::size_t a_time) {
  std::string out;
  for (;;) {
    writer.begin(payload.size());
    std::string next(as_text(writer.head()));
    next += payload.substr(0, writer.payload());
    if (next.empty()) return out;
    next.resize(std::min(next.size(), a_time));
    payload.remove_prefix(writer.sent(next.size()));
    out += next;
  }
}

TEST(WebSocketWriter, PutsAShortestHeaderInFrontOfEachPiece) {
  for (const std::size_t a_time : {std::size_t{1}, std::size_t{1'000'000}}) {
    websocket_writer writer;
    EXPECT_EQ(written(writer, "abc", a_time),
              "\x82\x03"
              "abc");
    EXPECT_EQ(written(writer, std::string(125, 'x'), a_time), "\x82\x7d" + std::string(125, 'x'));
    EXPECT_EQ(written(writer, std::string(126, 'x'), a_time), std::string("\x82\x7e\0\x7e", 4) + std::string(126, 'x'));
    EXPECT_EQ(written(writer, std::string(65'536, 'x'), a_time),
              std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10) + std::string(65'536, 'x'));
    EXPECT_EQ(written(writer, "", a_time), "");
    EXPECT_TRUE(writer.idle());
  }
}

TEST(WebSocketWriter, ControlFramesWaitUntilTheFrameAtHandIsOut) {
  websocket_writer writer;
  writer.begin(10);
  ASSERT_EQ(writer.sent(5), 3U);
  writer.pong({'o', 'l', 'd'});
  writer.pong({'n', 'e', 'w'});
  writer.close(close_code::going_away);
  writer.close(close_code::normal);
  writer.begin(99);
  EXPECT_TRUE(writer.head().empty());
  EXPECT_EQ(writer.payload(), 7U);
  EXPECT_EQ(writer.sent(7), 7U);
  EXPECT_EQ(written(writer, "last", 100), std::string("\x8a\x03new\x82\x04last\x88\x02\x03\xe9", 15));
  EXPECT_TRUE(writer.is_close_sent());
  EXPECT_EQ(written(writer, "too late", 100), "");
}

class WebSocket : public NetTest {
 protected:
  void connect(bytes early = {}, int buffer_size = 0) {
    auto [server, peer] = tcp_pair(buffer_size);
    client = std::move(peer);
    link = std::make_unique<connection>(*loop, user);
    ASSERT_TRUE(link->open(transport::websocket(std::move(server), std::move(early))));
  }
  void echo() {
    user.on_line = [this](std::string_view line) {
      link->out().append(as_bytes(line));
      link->out().append(as_bytes("\n"));
    };
  }
  std::string receive(std::size_t size) {
    std::string got;
    turn_until([&] {
      if (const auto some = read_some(client)) got += *some;
      return got.size() >= size;
    });
    return got;
  }
  std::string receive_to_end() {
    std::string got;
    turn_until([&] {
      const auto some = read_some(client);
      if (some) got += *some;
      return !some;
    });
    return got;
  }

  line_user user;
  descriptor client;
  std::unique_ptr<connection> link;
};

TEST_F(WebSocket, CarriesTheUsersBytesWhateverTheFrames) {
  connect();
  write_all(client, message("he") + message("llo\nwor") + message("ld\n"));
  turn_until([&] { return user.lines == 2; });
  EXPECT_EQ(user.text, "hello|world|");
}

TEST_F(WebSocket, WhatATurnWritesIsOneFrame) {
  connect();
  echo();
  write_all(client, message("one\ntwo\n"));
  EXPECT_EQ(receive(10), "\x82\x08one\ntwo\n");
  EXPECT_EQ(loop->counters().sends.value(), 1U);
}

TEST_F(WebSocket, TakesWhatTheHandshakeHadReadAlready) {
  const std::string in = message("early\nbi");
  connect(bytes(in.begin(), in.end()));
  write_all(client, message("rd\n"));
  turn_until([&] { return user.lines == 2; });
  EXPECT_EQ(user.text, "early|bird|");
}

TEST_F(WebSocket, AnswersAPingWithItsPayload) {
  connect();
  write_all(client, frame(fin | ping, "are you there"));
  EXPECT_EQ(receive(15),
            "\x8a\x0d"
            "are you there");
}

TEST_F(WebSocket, AnswersACloseAfterWhatWasWrittenAndEnds) {
  connect();
  echo();
  write_all(client, message("last\n") + close_frame(1000));
  EXPECT_EQ(receive_to_end(), std::string("\x82\x05last\n\x88\x02\x03\xe8", 11));
  client.reset();
  turn_until([&] { return user.closed; });
}

TEST_F(WebSocket, ACloseDoesNotOvertakeWhatTheUserHasNotTakenYet) {
  connect();
  bool open = false;
  user.wants = [&] { return link->is_open() && (open || user.lines == 0); };
  write_all(client, message("first\nsecond\n") + close_frame(1000));
  turn_until([&] { return user.lines == 1; });
  for (int i = 0; i < 5; ++i) turn();
  EXPECT_TRUE(link->is_open());
  open = true;
  link->resume();
  EXPECT_EQ(receive_to_end(), std::string("\x88\x02\x03\xe8", 4));
  EXPECT_EQ(user.text, "first|second|");
}

TEST_F(WebSocket, TellsTheCodeToWhoBreaksARule) {
  connect();
  write_all(client, frame(fin | 1, "{\"json\":true}"));
  EXPECT_EQ(receive_to_end(), std::string("\x88\x02\x03\xeb", 4));
}

TEST_F(WebSocket, TheServerClosesWithACode) {
  connect();
  link->out().append(as_bytes("bye"));
  link->close_after_flush(close_code::going_away);
  EXPECT_EQ(receive_to_end(), std::string("\x82\x03"
                                          "bye\x88\x02\x03\xe9",
                                          9));
}

TEST_F(WebSocket, FramesStayWholeWhenTheSocketTakesThemInPieces) {
  connect({}, 16 * 1024);
  std::string all;
  std::string received;
  for (int round = 0; round < 50; ++round) {
    const std::string piece(100'000, static_cast<char>('a' + round % 26));
    all += piece;
    link->out().append(as_bytes(piece));
    link->mark_dirty();
    turn();
    turn();
  }
  link->close_after_flush();
  received = receive_to_end();

  std::string payload;
  for (std::string_view rest = received; !rest.empty();) {
    ASSERT_GE(rest.size(), 2U);
    if (rest.front() == '\x88') break;
    ASSERT_EQ(rest.front(), '\x82');
    const auto code = static_cast<std::uint8_t>(rest[1]);
    const std::size_t more = code == 127 ? 8 : code == 126 ? 2 : 0;
    std::size_t size = more == 0 ? code : 0;
    for (std::size_t i = 0; i < more; ++i) size = size << 8 | static_cast<std::uint8_t>(rest[2 + i]);
    ASSERT_LE(2 + more + size, rest.size());
    payload += rest.substr(2 + more, size);
    rest.remove_prefix(2 + more + size);
  }
  EXPECT_TRUE(payload == all);
}

TEST_F(WebSocket, M5_MovesInTheMiddleOfAFrame) {
  connect();
  user.wants = [&] { return user.lines == 0; };
  const std::string in = message("CONNECT\n") + frame(binary, "half ") + frame(fin, "and half\n");
  write_all(client, in.substr(0, in.size() - 6));
  turn_until([&] { return user.lines == 1; });
  for (int i = 0; i < 5; ++i) turn();
  transport moving = link->detach();
  line_user arrived;
  auto there = rt::event_loop::create(clock, registry, "shard=\"1\"").value();
  connection moved(*there, arrived);
  ASSERT_TRUE(moved.open(std::move(moving)));
  write_all(client, in.substr(in.size() - 6));
  for (int i = 0; i < 1'000 && arrived.lines == 0; ++i) there->turn(owner);
  EXPECT_EQ(arrived.text, "half and half|");
}

}  // namespace
}  // namespace dunlin::net
