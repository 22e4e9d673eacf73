// A connection that carries its user's bytes in the frames of a WebSocket.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/client_frames.hpp"
#include "net/test_support.hpp"

namespace dunlin::net {
namespace {

class WebSocket : public LinkTest {
 protected:
  void connect(bytes early = {}, int buffer_size = 0) {
    open(buffer_size, [&](descriptor server) { return transport::websocket(std::move(server), std::move(early)); });
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
