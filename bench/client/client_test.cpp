#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "bench/client/endpoint.hpp"
#include "bench/client/histogram.hpp"
#include "bench/client/message.hpp"
#include "bench/client/process.hpp"
#include "bench/client/tally.hpp"
#include "bench/client/websocket.hpp"

namespace dunlin::bench {
namespace {

TEST(Endpoint, TakesTcpAndWebSocketOnLoopback) {
  const auto tcp = parse_endpoint("127.0.0.1:1883");
  ASSERT_TRUE(tcp);
  EXPECT_FALSE(tcp->websocket);
  EXPECT_EQ(tcp->host_port(), "127.0.0.1:1883");
  const auto ws = parse_endpoint("ws://127.0.0.2:8080/mqtt");
  ASSERT_TRUE(ws);
  EXPECT_TRUE(ws->websocket);
  EXPECT_EQ(ws->path, "/mqtt");
  EXPECT_EQ(ws->host_port(), "127.0.0.2:8080");
}

TEST(Endpoint, RefusesWhatIsNotThisMachine) {
  for (const char* text : {"10.0.0.1:1883", "192.168.1.1:1883", "8.8.8.8:1883", "128.0.0.1:1883", "0.0.0.0:1883",
                           "localhost:1883", "example.org:1883", "ws://10.0.0.1:80/mqtt"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, RefusesMalformedText) {
  for (const char* text : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:80x", ":80"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Histogram, ReadsPercentilesBackWithinTwoPercent) {
  histogram h;
  for (std::uint64_t us = 1; us <= 10'000; ++us) h.record(us * 1000);
  EXPECT_EQ(h.count(), 10'000U);
  EXPECT_EQ(h.max_ns(), 10'000'000U);
  EXPECT_NEAR(static_cast<double>(h.percentile_ns(0.5)), 5'000'000.0, 100'000.0);
  EXPECT_NEAR(static_cast<double>(h.percentile_ns(0.99)), 9'900'000.0, 198'000.0);
  EXPECT_EQ(h.percentile_ns(1.0), 10'000'000U);
}

TEST(Histogram, KeepsSmallAndHugeValues) {
  histogram h;
  h.record(0);
  h.record(63);
  h.record(64);
  h.record(~std::uint64_t{0} >> 1);
  EXPECT_EQ(h.percentile_ns(0.25), 0U);
  EXPECT_EQ(h.percentile_ns(0.5), 63U);
  EXPECT_EQ(h.percentile_ns(0.75), 64U);
  EXPECT_GT(h.percentile_ns(1.0), std::uint64_t{1} << 39);
}

TEST(Histogram, AddsUp) {
  histogram a;
  histogram b;
  a.record(1000);
  b.record(3000);
  a.add(b);
  EXPECT_EQ(a.count(), 2U);
  EXPECT_DOUBLE_EQ(a.mean_ns(), 2000.0);
}

TEST(Tally, CountsNothingWhereAllCameInOrder) {
  tally t;
  for (std::uint64_t n = 0; n < 5000; ++n) t.receive(n);
  EXPECT_EQ(t.lost(5000), 0U);
  EXPECT_EQ(t.doubled(), 0U);
  EXPECT_EQ(t.reordered(), 0U);
}

TEST(Tally, CountsALostOne) {
  tally t;
  for (std::uint64_t n = 0; n < 3000; ++n) {
    if (n != 1500) t.receive(n);
  }
  EXPECT_EQ(t.lost(3000), 1U);
  EXPECT_EQ(t.doubled() + t.reordered(), 0U);
}

TEST(Tally, CountsLostOnesAtTheEnd) {
  tally t;
  for (std::uint64_t n = 0; n < 10; ++n) t.receive(n);
  EXPECT_EQ(t.lost(12), 2U);
}

TEST(Tally, CountsADoubledOne) {
  tally t;
  for (std::uint64_t n = 0; n < 10; ++n) t.receive(n);
  t.receive(4);
  EXPECT_EQ(t.doubled(), 1U);
  EXPECT_EQ(t.lost(10), 0U);
}

TEST(Tally, CountsASwapAsReorderedAndNotAsLost) {
  tally t;
  for (const std::uint64_t n : {0, 2, 1, 3}) t.receive(n);
  EXPECT_EQ(t.reordered(), 1U);
  EXPECT_EQ(t.doubled(), 0U);
  EXPECT_EQ(t.lost(4), 0U);
}

TEST(Tally, ForgetsWhatIsBeyondItsMemory) {
  tally t;
  t.receive(0);
  t.receive(5000);
  t.receive(4999);
  EXPECT_EQ(t.reordered(), 1U);
  EXPECT_EQ(t.lost(5001), 4998U);
}

TEST(IdMaker, S3_IdsGrowWithinAMillisecondAndWhenTheClockGoesBack) {
  id_maker ids(7);
  message_id last = ids.next(1'700'000'000'000);
  for (int i = 0; i < 1000; ++i) {
    const message_id next = ids.next(1'700'000'000'000 - static_cast<std::uint64_t>(i));
    EXPECT_GT(next, last);
    EXPECT_EQ(next.hi >> 12 & 0xf, 7U);
    EXPECT_EQ(next.lo >> 62, 2U);
    last = next;
  }
  EXPECT_GT(ids.next(1'700'000'000'001), last);
}

TEST(Stamp, ComesBack) {
  std::uint8_t body[64] = {};
  stamp{3, 12345, 987654321}.write(body);
  const auto back = stamp::read(body);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->sender, 3U);
  EXPECT_EQ(back->number, 12345U);
  EXPECT_EQ(back->due, 987654321U);
  body[0] ^= 1;
  EXPECT_FALSE(stamp::read(body));
}

TEST(Process, FindsItsOwnCpuMemoryAndOutput) {
  EXPECT_TRUE(cpu_ns(getpid()));
  const auto memory = memory_of(getpid());
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->rss, 0U);
  EXPECT_GT(resident(getpid()).value_or(0), 0U);
  EXPECT_TRUE(io_of(getpid()));
}

TEST(Process, ReadsAStatLineWhoseNameHasSpacesAndBrackets) {
  EXPECT_EQ(ticks_in_stat("12 (a) b) c) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20"), 42U);
  EXPECT_FALSE(ticks_in_stat("12 nothing"));
}

TEST(Process, FindsANumberByItsWholeName) {
  const char* text = "wchar: 12\nwrite_bytes: 4096\ncancelled_write_bytes: 1\n";
  EXPECT_EQ(number_after(text, "write_bytes"), 4096U);
  EXPECT_EQ(number_after(text, "write"), std::nullopt);
}

// The example of RFC 6455 section 1.3.
TEST(WebSocket, KnowsTheAnswerToItsKey) {
  const byte_span key = as_bytes("the sample nonce");
  const std::string good =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
      "Sec-WebSocket-Protocol: mqtt\r\n";
  EXPECT_TRUE(is_upgrade_accepted(good, key));
  EXPECT_FALSE(is_upgrade_accepted(good, as_bytes("another nonce 16")));
  EXPECT_FALSE(is_upgrade_accepted("HTTP/1.1 403 Forbidden\r\n", key));
}

TEST(WebSocket, MasksWhatItSends) {
  bytes out;
  append_frame(out, as_bytes("Hello"), 0x3d21fa37);
  EXPECT_EQ(out, (bytes{0x82, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
  out.clear();
  append_frame(out, bytes(300), 0);
  EXPECT_EQ(out[1], 0xfe);
  EXPECT_EQ(out.size(), 308U);
  out.clear();
  append_frame(out, bytes(70'000), 0);
  EXPECT_EQ(out[1], 0xff);
  EXPECT_EQ(out.size(), 70'014U);
}

TEST(WebSocket, JoinsFragmentsFedByteByByteAndAnswersAPingBetween) {
  const bytes stream{0x02, 0x03, 'a', 'b', 'c', 0x89, 0x02, 'h', 'i', 0x80, 0x02, 'd', 'e'};
  frame_reader reader;
  bytes payload;
  bytes replies;
  for (const std::uint8_t byte : stream) ASSERT_TRUE(reader.feed({&byte, 1}, payload, replies));
  EXPECT_EQ(as_text(payload), "abcde");
  ASSERT_EQ(replies.size(), 8U);
  EXPECT_EQ(replies[0], 0x8a);
}

TEST(WebSocket, RefusesMaskedAndReservedFramesAndEndsWithAClose) {
  bytes payload;
  bytes replies;
  for (const bytes& bad : {bytes{0x82, 0x81, 0, 0, 0, 0, 0}, bytes{0xc2, 0x00}, bytes{0x83, 0x00}, bytes{0x88, 0x00}}) {
    EXPECT_FALSE(frame_reader().feed(bad, payload, replies));
  }
}

}  // namespace
}  // namespace dunlin::bench
