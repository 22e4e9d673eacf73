#include "net/websocket.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/client_frames.hpp"

namespace dunlin::net {
namespace {

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

}  // namespace
}  // namespace dunlin::net
