// How people come to a server: invites, handles, signing up.
//
// Thread rule and answers: as service.hpp. Everything that a client asks for again after a lost answer (Q2) has the
// same answer: account, device and token are the client's own. Lifetime: the service that it works beside outlives it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/service.hpp"

namespace dunlin::accounts {

struct sign_up_request {
  std::string handle;
  std::string name;
  std::string about;
  std::string device_name;
  std::string invite;  // its code; not looked at where nobody needs one
  account_id account;
  device_id device;
  token secret;
};

struct invite_request {
  std::uint64_t uses = 1;
  mono_ms lasts = 0;               // 0: for ever
  std::optional<account_id> from;  // none: the operator
};

// What an invite says to who opens it.
struct invite_facts {
  invite one;
  std::string from_handle;  // empty: the operator's
  std::string from_name;
};

class sign_ups {
 public:
  static constexpr std::uint64_t max_uses = 100'000;  // of one invite
  static constexpr std::size_t max_listed = max_invites;
  static constexpr mono_ms count_age = 10'000;  // how old the numbers of `facts` may be

  sign_ups(service& beside, signup_policy policy, metrics& counted);

  // What a server says about itself.
  struct server_facts {
    std::uint64_t accounts = 0;
    wall_ms since = 0;  // 0: nobody was there yet
  };
  void facts(executor post, answer<server_facts> done);

  struct signed_up_account {
    identity who;
    std::string handle;
    bool repeat = false;
    bool untold = false;
  };
  // Errors: bad_handle, handle_reserved, bad_display_name, bad_about, bad_name, and those of account_table::sign_up.
  // errc::conflict also if the account's id is a conversation's: then it is as if nothing had been asked, but that the
  // handle is taken.
  void sign_up(sign_up_request request, executor post, answer<signed_up_account> done);

  struct handle_facts {
    std::string handle;  // as it would be
    bool free = false;
  };
  // Whether who has this invite could have that handle. Errors: bad_handle, sign_up_closed, and those of check_invite.
  void check_handle(std::string typed, std::string invite, executor post, answer<handle_facts> done);
  // Errors: those of check_invite.
  void find_invite(std::string code, executor post, answer<invite_facts> done);

  // The operator's. Errors: unknown_account, too_many_kept.
  void add_invite(invite_request request, executor post, answer<invite> done);
  void list_invites(executor post, answer<std::vector<invite_facts>> done);
  void revoke_invite(std::string code, executor post, answer<void> done);

  [[nodiscard]] signup_policy policy() const { return policy_; }

 private:
  result<invite_facts> facts_of(invite one);
  result<sign_up_entry> check(const sign_up_request& request) const;
  void count(const result<signed_up>& outcome);

  desk& desk_;
  signup_policy policy_;
  server_facts known_;
  mono_ms known_at_ = -count_age;

  counter& accepted_;
  counter& repeated_;
  counter& refused_;
};

// A new code.
std::string make_invite_code(random_source& random);

}  // namespace dunlin::accounts
