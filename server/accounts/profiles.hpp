// How accounts show themselves and find each other, and what their devices keep together.
//
// Thread rule and answers: as service.hpp; what an answer says is on disk, and the account's devices are told of it
// (Q1). Lifetime: the service that it works beside outlives it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/profile_tables.hpp"
#include "accounts/service.hpp"

namespace dunlin::accounts {

enum class directory_policy : std::uint8_t {
  members,  // by parts of handles and names
  exact,    // by the exact handle alone
};

class profiles {
 public:
  static constexpr std::size_t max_looked_up = 100;  // accounts of one call
  static constexpr std::size_t max_found = 50;       // profiles of one search

  profiles(service& beside, directory_policy policy) : desk_(beside.works_with()), policy_(policy) {}

  // Errors: unknown_account.
  void get(account_id account, executor post, answer<profile> done);
  void find_handle(std::string typed, executor post, answer<profile> done);
  // Those that there are.
  void look_up(std::vector<account_id> accounts, executor post, answer<std::vector<profile>> done);
  void search(std::string text, std::size_t limit, executor post, answer<std::vector<profile>> done);

  // An account's profile and all its settings, as of one moment.
  struct own {
    profile shown;
    std::vector<settings> kept;
  };
  void read_own(account_id account, executor post, answer<own> done);

  // Errors of all changes: untold (on disk; told later).
  // Errors: bad_display_name, bad_about, unknown_account.
  void change(account_id account, profile_change to, executor post, answer<profile> done);
  // `data`: a file; none: no picture. Errors: bad_picture, large_picture, unknown_account.
  void set_picture(account_id account, std::optional<std::string> data, executor post, answer<profile> done);
  // Keeps it for a group. Errors besides: too_many_kept.
  void keep_picture(account_id account, const std::string& data, executor post, answer<picture_hash> done);
  // Error: unknown_picture, if nobody keeps it for good.
  void find_kept(picture_hash hash, executor post, answer<void> done);
  // Error: unknown_picture.
  void read_picture(picture_hash hash, executor post, answer<picture> done);

  // `conversation` zero: of the account as a whole. REQUIRES: `json` is an object of at most max_settings_bytes.
  // Errors: unknown_account, too_many_kept.
  void put_settings(account_id account, stream_id conversation, std::string json, executor post, answer<settings> done);
  void get_settings(account_id account, stream_id conversation, executor post, answer<settings> done);

  [[nodiscard]] directory_policy policy() const { return policy_; }

 private:
  // Answers with what a change has made, once it is told.
  template <class Shown, class Changed>
  void tell(const result<Changed>& made, const std::function<void(result<Shown>)>& finish);

  desk& desk_;
  directory_policy policy_;
};

}  // namespace dunlin::accounts
