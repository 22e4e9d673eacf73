// What the command line asks a running server, and how it is written: one JSON object a line, over the Unix socket
// `control.sock` in the data directory.
//
//   → {"do":"account.add","handle":"ada"}
//   ← {"progress":{"done":1000,"of":15000}}   any number of these and of {"item":{…}}
//   ← {"ok":{…}}  or  {"error":{"code":"handle_taken","text":"…"}}   one of these, at the end
//
// The two ends are one program, and usually of one version: the format is no interface for others. Other languages run
// the command line with --json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace dunlin::app {

inline constexpr std::size_t max_request_line = 128 * 1024;  // 1,024 members of 33 bytes, three times over
inline constexpr std::size_t max_reply_line = 128 * 1024;
inline constexpr std::uint64_t max_mint = 1'000'000;
inline constexpr std::size_t max_members = 1024;

struct account_add {
  std::string handle;
  std::string device_name;
};
struct account_remove {
  std::string user;  // a handle or an account's id
};
struct device_add {
  std::string user;  // a handle or an account's id
  std::string device_name;
};
struct device_mint {
  std::uint64_t count = 0;
  std::string prefix;
};
struct device_revoke {
  std::string device;
};
struct conversation_add {
  std::vector<std::string> members;  // handles or ids; the first is the owner
  std::string name;
  bool open = false;
  bool until_delivered = false;
};
struct members_change {
  std::string conversation;
  std::vector<std::string> add;
  std::vector<std::string> remove;
  std::vector<std::string> give;  // these get `role`
  std::string role;               // member, admin or owner
};
struct invite_add {
  std::uint64_t uses = 1;
  std::uint64_t lasts = 0;  // ms; 0: for ever
  std::string from;         // a handle or an account's id; empty: the operator
};
struct invite_list {};
struct invite_revoke {
  std::string code;
};
struct status_query {};

using request = std::variant<account_add, account_remove, device_add, device_mint, device_revoke, conversation_add,
                             members_change, invite_add, invite_list, invite_revoke, status_query>;

// Without the line's end.
std::string to_line(const request& what);
// Nothing if the line is no request.
struct bad_request {
  std::string text;
};
boost::system::result<request, bad_request> read_request(std::string_view line);

}  // namespace dunlin::app
