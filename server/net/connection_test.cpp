#include "net/connection.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "net/test_support.hpp"

namespace dunlin::net {
namespace {

class Connection : public LinkTest {
 protected:
  void connect(int buffer_size = 0) {
    open(buffer_size, [](descriptor server) { return transport::plain(std::move(server)); });
  }
  // Whether the client sees the end.
  void turn_until_end() {
    turn_until([&] { return !read_some(client).has_value(); });
  }
};

TEST_F(Connection, GivesWhatArrivesAndSendsWhatIsWritten) {
  connect();
  echo();
  write_all(client, "one\ntwo\n");
  EXPECT_EQ(receive(8), "one\ntwo\n");
  EXPECT_EQ(user.feeds, 1);
}

TEST_F(Connection, AMessageAndItsAnswerCostOneRecvAndOneSend) {
  connect();
  echo();
  for (int i = 0; i < 100; ++i) {
    write_all(client, "hello\n");
    ASSERT_EQ(receive(6), "hello\n");
  }
  EXPECT_EQ(loop->counters().recvs.value(), 100U);
  EXPECT_EQ(loop->counters().sends.value(), 100U);
}

TEST_F(Connection, ManyMessagesInOneSegmentCostOneRecvAndOneSend) {
  connect();
  echo();
  std::string all;
  for (int i = 0; i < 1000; ++i) all += "hello\n";
  write_all(client, all);
  EXPECT_EQ(receive(all.size()), all);
  EXPECT_LE(loop->counters().recvs.value(), 2U);
  EXPECT_LE(loop->counters().sends.value(), 2U);
}

TEST_F(Connection, AnIdleOneHoldsNoBuffer) {
  connect();
  echo();
  write_all(client, "hello\n");
  ASSERT_EQ(receive(6), "hello\n");
  EXPECT_EQ(loop->chunks().borrowed(), 0U);
  EXPECT_LE(sizeof(connection), 96U);
}

TEST_F(Connection, APartialPacketIsGivenAgainWithItsRest) {
  connect();
  for (const char* piece : {"hel", "lo\nwo", "rld", "\n"}) {
    write_all(client, piece);
    for (int i = 0; i < 3; ++i) turn();
  }
  turn_until([&] { return user.lines == 2; });
  EXPECT_EQ(user.text, "hello|world|");
}

TEST_F(Connection, APacketOfKnownSizeIsGivenOnceItIsThere) {
  connect();
  user.wanted = 100'001;
  write_all(client, "x");
  turn_until([&] { return user.feeds == 1; });
  const std::string rest(99'999, 'y');
  for (std::size_t at = 0; at < rest.size(); at += 1000) {
    write_all(client, rest.substr(at, 1000));
    turn();
  }
  for (int i = 0; i < 10; ++i) turn();
  EXPECT_EQ(user.feeds, 1);
  write_all(client, "\n");
  turn_until([&] { return user.lines == 1; });
  EXPECT_EQ(user.feeds, 2);
  EXPECT_EQ(user.text, "x" + rest + "|");
}

TEST_F(Connection, APacketLargerThanTheBufferArrivesWhole) {
  connect();
  const std::string large(3 * rt::event_loop::default_receive_size, 'z');
  std::thread writer([&] { write_all(client, large + "\nend\n"); });
  turn_until([&] { return user.lines == 2; });
  writer.join();
  EXPECT_EQ(user.text, large + "|end|");
}

TEST_F(Connection, ReadsNothingWhileTheUserWantsNoInputAndThenWhatWasKeptFirst) {
  connect();
  bool open = false;
  user.wants = [&] { return open || user.lines == 0; };
  write_all(client, "a\nb\nc\n");
  turn_until([&] { return user.lines == 1; });
  const std::uint64_t recvs = loop->counters().recvs.value();
  write_all(client, "d\n");
  for (int i = 0; i < 10; ++i) turn();
  EXPECT_EQ(user.text, "a|");
  EXPECT_EQ(loop->counters().recvs.value(), recvs);
  open = true;
  link->resume();
  turn_until([&] { return user.lines == 4; });
  EXPECT_EQ(user.text, "a|b|c|d|");
}

TEST_F(Connection, WhatIsAnsweredToBytesThatWereKeptIsSent) {
  connect();
  std::size_t wanted = 1;
  user.wants = [&] { return user.lines < wanted; };
  echo();
  write_all(client, "a\nb\n");
  EXPECT_EQ(receive(2), "a\n");
  wanted = 2;
  link->resume();
  EXPECT_EQ(receive(2), "b\n");
}

TEST_F(Connection, AReaderThatIsSlowBoundsWhatWaitsForIt) {
  connect(16 * 1024);
  echo();
  constexpr std::size_t watermark = 64 * 1024;
  user.wants = [&] { return link->out().size() < watermark; };
  std::string all;
  while (all.size() < 8'000'000) all += "a line that comes back as it is, sooner or later\n";
  std::thread writer([&] { write_all(client, all); });
  std::size_t most = 0;
  for (int i = 0; i < 20'000; ++i) {
    turn();
    most = std::max(most, link->out().size());
  }
  EXPECT_LT(most, watermark + 1024);
  EXPECT_EQ(receive(all.size()), all);
  writer.join();
  EXPECT_GT(user.writes, 1);
}

TEST_F(Connection, ASocketThatFillsTheBufferLetsTheOthersGoFirst) {
  constexpr std::size_t buffer_size = 4096;
  loop = rt::event_loop::create(clock, registry, "shard=\"1\"", buffer_size).value();
  auto [server, peer] = tcp_pair();
  auto [other_server, other_peer] = tcp_pair();
  const std::string large(2 * buffer_size, 'x');
  write_all(peer, large + "\n");
  std::string seen(large.size() + 1, ' ');
  while (::recv(server.get(), seen.data(), seen.size(), MSG_PEEK) < static_cast<ssize_t>(seen.size())) {
    std::this_thread::yield();
  }
  write_all(other_peer, "short\n");

  std::string order;
  line_user other;
  user.on_line = [&](std::string_view) { order += 'L'; };
  other.on_line = [&](std::string_view) { order += 's'; };
  connection first(*loop, user);
  connection second(*loop, other);
  ASSERT_TRUE(first.open(transport::plain(std::move(server))));
  ASSERT_TRUE(second.open(transport::plain(std::move(other_server))));
  turn();
  EXPECT_EQ(order, "s");
  EXPECT_EQ(loop->counters().recvs.value(), 2U);
  turn();
  turn();
  EXPECT_EQ(order, "sL");
  EXPECT_EQ(loop->counters().recvs.value(), 4U);
}

TEST_F(Connection, WhatWasWrittenIsSentBeforeItCloses) {
  connect();
  user.wants = [&] { return link->is_open(); };
  user.on_line = [&](std::string_view) {
    link->out().append(as_bytes("bye\n"));
    link->close_after_flush();
  };
  write_all(client, "a\nb\nc\n");
  EXPECT_EQ(receive(4), "bye\n");
  turn_until_end();
  EXPECT_FALSE(user.closed);
  client.reset();
  turn_until([&] { return user.closed; });
}

TEST_F(Connection, APeerThatNeverEndsIsGivenFiveSeconds) {
  connect();
  link->close_after_flush();
  turn_until_end();
  write_all(client, "and another thing\n");
  pass(connection::linger_ms - rt::event_loop::sweep_ms);
  EXPECT_FALSE(user.closed);
  pass(2 * rt::event_loop::sweep_ms);
  EXPECT_TRUE(user.closed);
  EXPECT_EQ(user.text, "");
}

TEST_F(Connection, APeerThatReadsNothingCannotHoldAConnectionThatCloses) {
  connect(16 * 1024);
  link->out().append(bytes(4'000'000));
  link->close_after_flush();
  pass(connection::linger_ms + 2 * rt::event_loop::sweep_ms);
  EXPECT_TRUE(user.closed);
  EXPECT_EQ(loop->chunks().borrowed(), 0U);
}

TEST_F(Connection, WhenThePeerEndsItStillGetsTheAnswersOfThisTurn) {
  connect();
  echo();
  write_all(client, "last\n");
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(receive(5), "last\n");
  turn_until([&] { return user.closed; });
  EXPECT_EQ(loop->handlers(), 0U);
}

TEST_F(Connection, AResetEndsItEvenWhileNothingIsRead) {
  connect();
  user.wants = [] { return false; };
  turn();
  const linger hard{1, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  client.reset();
  turn_until([&] { return user.closed; });
}

TEST_F(Connection, MayBeDestroyedWhenItTellsThatItIsGone) {
  connect();
  user.gone = [&] { link.reset(); };
  client.reset();
  turn_until([&] { return user.closed; });
  EXPECT_EQ(link, nullptr);
}

TEST_F(Connection, ADribbleOfBytesWithoutAPacketRunsOutOfPatience) {
  connect();
  user.patience = 10'000;
  for (int second = 0; second < 9; ++second) {
    write_all(client, "x");
    pass(1'000);
    ASSERT_FALSE(user.silent);
  }
  pass(2'000 + rt::event_loop::sweep_ms);
  EXPECT_TRUE(user.silent);
  turn_until_end();
}

TEST_F(Connection, APacketInTimeKeepsItOpen) {
  connect();
  user.patience = 10'000;
  for (int i = 0; i < 10; ++i) {
    const std::size_t before = user.lines;
    write_all(client, "ping\n");
    turn_until([&] { return user.lines == before + 1; });
    pass(9'000 - rt::event_loop::sweep_ms);
  }
  EXPECT_FALSE(user.silent);
  EXPECT_TRUE(link->is_open());
}

TEST_F(Connection, M5_MovesToAnotherThreadsLoopWithWhatWasNotConsumedAndNotSent) {
  connect();
  user.wants = [&] { return user.lines == 0; };
  write_all(client, "CONNECT\none\ntwo\npart");
  turn_until([&] { return user.lines == 1; });
  link->out().append(as_bytes("first "));
  transport moving = link->detach();
  link.reset();
  EXPECT_EQ(loop->handlers(), 0U);
  EXPECT_FALSE(user.closed);
  EXPECT_EQ(as_text(moving.received), "one\ntwo\npart");

  std::string heard;
  std::thread shard([&, given = std::move(moving)]() mutable {
    const system_clock real;
    metrics numbers;
    const auto there = rt::event_loop::create(real, numbers, "shard=\"1\"").value();
    busy_owner busy;
    line_user arrived;
    connection moved(*there, arrived);
    arrived.on_line = [&](std::string_view line) {
      heard.append(line).append("|");
      if (line == "partial") moved.out().append(as_bytes("second"));
    };
    ASSERT_TRUE(moved.open(std::move(given)));
    while (!arrived.closed) there->turn(busy);
  });
  write_all(client, "ial\n");
  std::string got(12, ' ');
  EXPECT_EQ(::recv(client.get(), got.data(), got.size(), MSG_WAITALL), 12);
  client.reset();
  shard.join();
  EXPECT_EQ(heard, "one|two|partial|");
  EXPECT_EQ(got, "first second");
}

}  // namespace
}  // namespace dunlin::net
