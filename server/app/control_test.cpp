// The command line against a server: both ends of the control socket, with a fake engine behind it.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "accounts/fake_control.hpp"
#include "accounts/memory_tables.hpp"
#include "accounts/store_thread.hpp"
#include "accounts/test_directory.hpp"
#include "app/client_commands.hpp"
#include "app/control_requests.hpp"
#include "app/control_server.hpp"
#include "app/control_socket.hpp"

namespace dunlin::app {
namespace {

using testing::HasSubstr;

class Control : public testing::Test {
 public:
  explicit Control(const std::string& below = "data") : data(directory.path(below)) {
    std::filesystem::create_directories(data);
    const auto fd = listen_control(data);
    EXPECT_TRUE(fd) << fd.error().text;
    server = std::make_unique<control_server>(context, *fd, backend);
    server->start();
    thread = std::thread([this] { context.run(); });
  }
  ~Control() override {  // NOLINT(bugprone-exception-escape): a test may end so
    guard.reset();
    context.stop();
    thread.join();
    accounts.stop();
    queue.stop();
  }

 protected:
  struct ran {
    exit_code code;
    std::string out;
    std::string err;
    [[nodiscard]] std::string field(const std::string& name) const {
      return std::string(boost::json::parse(out).as_object().at(name).as_string());
    }
  };
  ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", data});
    const auto parsed = parse(arguments);
    std::ostringstream out;
    std::ostringstream err;
    const auto code = run_client(std::get<client_command>(parsed), out, err, false);
    return {code, out.str(), err.str()};
  }

  test_directory directory;
  std::string data;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard = make_work_guard(context);
  metrics counted;
  seeded_random random{3};
  system_clock time;
  accounts::memory_tables tables{random};
  accounts::store_thread queue;
  engine::fake_control streams;
  accounts::service accounts{tables.tables(), streams, queue, time, random, counted};
  seeded_random ids{9};
  accounts::sign_ups people{accounts, accounts::signup_policy::invite, counted};
  control_backend backend{accounts,
                          people,
                          streams,
                          ids,
                          time,
                          [] { return R"({"version":"x","state":"ready"})"; },
                          [] { return "https://chat.example"; }};
  std::unique_ptr<control_server> server;
  std::thread thread;
};

TEST_F(Control, AnAccountIsMadeAndPrintedAsJson) {
  const auto made = run({"account", "add", "ada"});
  ASSERT_EQ(made.code, exit_code::ok) << made.err;
  EXPECT_EQ(made.field("account").size(), 26U);
  EXPECT_EQ(made.field("device").size(), 26U);
  EXPECT_EQ(made.field("token").size(), 52U);
  EXPECT_EQ(made.field("handle"), "ada");
  EXPECT_EQ(made.err, "");
  EXPECT_EQ(streams.told().size(), 1U);
}

TEST_F(Control, ATakenHandleIsRefusedWithItsName) {
  run({"account", "add", "ada"});
  const auto again = run({"account", "add", "ada"});
  EXPECT_EQ(again.code, exit_code::failed);
  EXPECT_EQ(again.err, "dunlin: 'ada': the handle is taken\n");
  EXPECT_EQ(again.out, "");
  const auto json = run({"account", "add", "ada", "--json"});
  EXPECT_EQ(boost::json::parse(json.err).at("error").at("code"), "handle_taken");
}

TEST_F(Control, ABadHandleIsRefusedWithTheRule) {
  const auto bad = run({"account", "add", "Ada"});
  EXPECT_EQ(bad.code, exit_code::failed);
  EXPECT_THAT(bad.err, HasSubstr("2 to 32 of a-z 0-9"));
}

TEST_F(Control, AFullDiskPrintsTheTokenAndSaysThatItIsNotTold) {
  streams.answer_next({stream::verdict::refuse(stream::reason::no_space)});
  const auto made = run({"account", "add", "ada"});
  EXPECT_EQ(made.code, exit_code::untold);
  EXPECT_EQ(made.field("token").size(), 52U);
  EXPECT_THAT(made.err, HasSubstr("saved for good"));
}

TEST_F(Control, Q3_ADeviceIsAddedAndRevoked) {
  run({"account", "add", "ada"});
  const auto tablet = run({"device", "add", "ada", "--device-name", "tablet"});
  ASSERT_EQ(tablet.code, exit_code::ok) << tablet.err;
  EXPECT_EQ(run({"device", "revoke", tablet.field("device")}).code, exit_code::ok);
  EXPECT_TRUE(streams.told().back().devices.front().revoked);
  EXPECT_EQ(run({"device", "revoke", to_text(device_id{1, 1})}).code, exit_code::failed);
  EXPECT_EQ(run({"device", "revoke", "nonsense"}).code, exit_code::failed);
  EXPECT_EQ(run({"device", "add", "nobody"}).code, exit_code::failed);
}

TEST_F(Control, Q3_AnAccountIsRemovedByItsHandleOrItsId) {
  const auto ada = run({"account", "add", "ada"});
  const auto ben = run({"account", "add", "ben"});
  const auto gone = run({"account", "remove", "ada"});
  ASSERT_EQ(gone.code, exit_code::ok) << gone.err;
  EXPECT_EQ(gone.field("account"), ada.field("account"));
  EXPECT_TRUE(streams.told().back().deleted);
  EXPECT_TRUE(streams.told().back().devices.front().revoked);
  // Again it does nothing, and the handle stays taken.
  EXPECT_EQ(run({"account", "remove", "ada"}).code, exit_code::ok);
  EXPECT_EQ(run({"account", "add", "ada"}).code, exit_code::failed);
  EXPECT_EQ(run({"account", "remove", ben.field("account")}).code, exit_code::ok);
  const auto nobody = run({"account", "remove", "nobody", "--json"});
  EXPECT_EQ(nobody.code, exit_code::failed);
  EXPECT_EQ(boost::json::parse(nobody.err).at("error").at("code"), "unknown_account");
}

TEST_F(Control, S1_MembersGetARole) {
  run({"account", "add", "ada"});
  run({"account", "add", "ben"});
  const auto id = to_text(stream_id{1, 2});
  ASSERT_EQ(run({"conversation", "members", "role", id, "--members", "ada,ben", "--role", "owner"}).code,
            exit_code::ok);
  ASSERT_EQ(streams.changes().size(), 1U);
  ASSERT_EQ(streams.changes()[0].roles.size(), 2U);
  EXPECT_EQ(streams.changes()[0].roles[1].as, stream::role::owner);
  EXPECT_TRUE(streams.changes()[0].add.empty() && streams.changes()[0].remove.empty());
}

TEST_F(Control, AnInviteIsPrintedAsItsLink) {
  const auto plain = run({"invite", "add"});
  ASSERT_EQ(plain.code, exit_code::ok) << plain.err;
  EXPECT_THAT(plain.out, testing::MatchesRegex("https://chat.example/#invite=[a-z2-7]+\n"));
  const auto ada = run({"account", "add", "ada"});
  const auto made = run({"invite", "add", "--uses", "3", "--expires", "0", "--from", "ada", "--json"});
  ASSERT_EQ(made.code, exit_code::ok) << made.err;
  EXPECT_EQ(made.field("link"), "https://chat.example/#invite=" + made.field("code"));
  EXPECT_EQ(tables.tables().invites.find(made.field("code"))->uses, 3U);
  EXPECT_EQ(to_text(*tables.tables().invites.find(made.field("code"))->made_by), ada.field("account"));
  EXPECT_EQ(run({"invite", "add", "--from", "nobody"}).code, exit_code::failed);
}

TEST_F(Control, InvitesAreListedWithWhatBecameOfThem) {
  run({"account", "add", "ada"});
  std::vector<std::string> codes;
  for (int i = 0; i < 300; ++i) codes.push_back(run({"invite", "add", "--from", "ada", "--json"}).field("code"));
  ASSERT_EQ(run({"invite", "revoke", codes[7]}).code, exit_code::ok);
  EXPECT_EQ(run({"invite", "revoke", "nonsense"}).code, exit_code::failed);
  const auto listed = run({"invite", "list"});
  ASSERT_EQ(listed.code, exit_code::ok);
  std::istringstream lines(listed.out);
  int revoked = 0;
  std::set<std::string> seen;
  for (std::string line; std::getline(lines, line);) {
    const auto one = boost::json::parse(line).as_object();
    seen.emplace(one.at("code").as_string());
    EXPECT_EQ(one.at("from").as_string(), "ada");
    if (one.at("state").as_string() != "revoked") continue;
    EXPECT_EQ(one.at("code").as_string(), codes[7]);
    ++revoked;
  }
  EXPECT_EQ(revoked, 1);
  EXPECT_EQ(seen.size(), 300U);
}

TEST_F(Control, ManyDevicesAreMintedIntoAPrivateFile) {
  const auto file = directory.path("minted");
  std::ofstream(file) << "what was there before\n";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  const auto made = run({"device", "mint", "--count", "2500", "--prefix", "p", "--out", file});
  ASSERT_EQ(made.code, exit_code::ok) << made.err;
  EXPECT_EQ(made.out, "2500 devices written to " + file + "\n");
  struct stat found{};
  ASSERT_EQ(::stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  std::ifstream in(file);
  std::set<std::string> handles;
  for (std::string line; std::getline(in, line);) {
    const auto one = boost::json::parse(line).as_object();
    EXPECT_EQ(one.at("token").as_string().size(), 52U);
    EXPECT_EQ(one.at("account").as_string().size(), 26U);
    EXPECT_EQ(one.at("device").as_string().size(), 26U);
    handles.emplace(one.at("handle").as_string());
  }
  EXPECT_EQ(handles.size(), 2500U);
  EXPECT_TRUE(handles.contains("p1"));
  EXPECT_TRUE(handles.contains("p2500"));
  EXPECT_EQ(streams.told().size(), 2500U);
}

TEST_F(Control, MintingRefusesBeforeItMakesAnything) {
  run({"account", "add", "p2100"});
  const auto file = directory.path("minted");
  const auto taken = run({"device", "mint", "--count", "2500", "--prefix", "p", "--out", file});
  EXPECT_EQ(taken.code, exit_code::failed);
  EXPECT_THAT(taken.err, HasSubstr("'p2100' is taken"));
  EXPECT_EQ(*tables.account_count(), 1U);
  EXPECT_EQ(run({"device", "mint", "--count", "1", "--prefix", "P", "--out", file}).code, exit_code::failed);
  EXPECT_EQ(run({"device", "mint", "--count", "0", "--prefix", "q", "--out", file}).code, exit_code::failed);
  EXPECT_EQ(run({"device", "mint", "--count", "1", "--prefix", "q", "--out", "/nowhere/f"}).code, exit_code::failed);
}

TEST_F(Control, S2_TwoMembersHaveOneDirectConversation) {
  run({"account", "add", "ada"});
  run({"account", "add", "ben"});
  const auto first = run({"conversation", "add", "--members", "ada,ben"});
  const auto second = run({"conversation", "add", "--members", "ben,ada"});
  ASSERT_EQ(first.code, exit_code::ok) << first.err;
  EXPECT_EQ(first.field("conversation"), second.field("conversation"));
  const auto open = run({"conversation", "add", "--members", "ada,ben", "--open"});
  EXPECT_NE(open.field("conversation"), first.field("conversation"));
  const auto named = run({"conversation", "add", "--members", "ada,ben", "--name", "Two"});
  EXPECT_NE(named.field("conversation"), first.field("conversation"));
  EXPECT_EQ(streams.conversations().size(), 3U);
  for (const auto& [id, spec] : streams.conversations()) {
    EXPECT_EQ(spec.direct, to_text(id) == first.field("conversation"));
    EXPECT_EQ(spec.open, to_text(id) == open.field("conversation"));
  }
}

TEST_F(Control, MembersMustExistAndBeNamedOnce) {
  run({"account", "add", "ada"});
  const auto unknown = run({"conversation", "add", "--members", "ada,nobody"});
  EXPECT_EQ(unknown.code, exit_code::failed);
  EXPECT_EQ(unknown.err, "dunlin: there is no account 'nobody'\n");
  EXPECT_EQ(run({"conversation", "add", "--members", "ada,ada"}).code, exit_code::failed);
  EXPECT_TRUE(streams.conversations().empty());
}

TEST_F(Control, MembersAreAddedAndRemoved) {
  const auto ada = run({"account", "add", "ada"});
  const auto id = to_text(stream_id{5, 6});
  EXPECT_EQ(run({"conversation", "members", "add", id, "--members", "ada"}).code, exit_code::ok);
  EXPECT_EQ(run({"conversation", "members", "remove", id, "--members", "ada"}).code, exit_code::ok);
  ASSERT_EQ(streams.changes().size(), 2U);
  EXPECT_EQ(to_text(streams.changes()[0].add.at(0)), ada.field("account"));
  EXPECT_EQ(to_text(streams.changes()[1].remove.at(0)), ada.field("account"));
  streams.answer_next({stream::verdict::refuse(stream::reason::not_member)});
  const auto unknown = run({"conversation", "members", "add", id, "--members", "ada", "--json"});
  EXPECT_EQ(unknown.code, exit_code::failed);
  EXPECT_EQ(boost::json::parse(unknown.err).at("error").at("code"), stream::word(stream::reason::not_member).data());
}

TEST_F(Control, StatusSaysWhatTheServerIsDoing) {
  run({"account", "add", "ada"});
  const auto json = run({"status", "--json"});
  ASSERT_EQ(json.code, exit_code::ok);
  const auto status = boost::json::parse(json.out).as_object();
  EXPECT_EQ(status.at("accounts"), 1);
  EXPECT_EQ(status.at("pending"), 0);
  EXPECT_EQ(status.at("shards").as_array().size(), 2U);
  const auto text = run({"status"});
  EXPECT_THAT(text.out, HasSubstr("state: ready\n"));
  EXPECT_THAT(text.out, HasSubstr("shard 1: 4 connections"));
}

TEST_F(Control, WithoutAServerTheErrorSaysHowToStartOne) {
  data = directory.path("elsewhere");
  const auto none = run({"status"});
  EXPECT_EQ(none.code, exit_code::unreachable);
  EXPECT_EQ(none.err,
            "dunlin: no server is running on " + data + ": start it with `dunlin serve --data " + data + "`\n");
}

TEST_F(Control, ASocketThatLiesThereFromAnEarlierRunIsReplaced) {
  const auto other = directory.path("other");
  std::filesystem::create_directories(other);
  const auto first = listen_control(other);
  ASSERT_TRUE(first);
  ::close(*first);
  EXPECT_EQ(connect_control(other).error().code, exit_code::unreachable);
  const auto second = listen_control(other);
  ASSERT_TRUE(second);
  const auto client = connect_control(other);
  EXPECT_TRUE(client);
  ::close(*client);
  ::close(*second);
}

TEST_F(Control, OnlyTheOwnerMayUseTheSocket) {
  struct stat found{};
  ASSERT_EQ(::stat((data + "/control.sock").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST_F(Control, NonsenseOnTheSocketIsAnswered) {
  const auto fd = connect_control(data);
  ASSERT_TRUE(fd);
  const std::string text = "nonsense\n" + std::string(max_request_line + 1, 'x');
  std::thread writer([&] { ::send(*fd, text.data(), text.size(), MSG_NOSIGNAL); });
  std::string answer;
  char chunk[4096];
  for (ssize_t n = 0; (n = ::recv(*fd, chunk, sizeof chunk, 0)) > 0;) answer.append(chunk, static_cast<std::size_t>(n));
  writer.join();
  ::close(*fd);
  EXPECT_THAT(answer, HasSubstr("the request is not a JSON object"));
  EXPECT_THAT(answer, HasSubstr("the request is too long"));
}

class ControlFarAway : public Control {
 protected:
  ControlFarAway() : Control(std::string(60, 'x') + "/" + std::string(60, 'y') + "/" + std::string(60, 'z')) {}
};

TEST_F(ControlFarAway, ADirectoryWithALongNameHasASocketToo) {
  EXPECT_EQ(run({"account", "add", "ada"}).code, exit_code::ok);
}

}  // namespace
}  // namespace dunlin::app
