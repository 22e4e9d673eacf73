// Linking a second device: link_codes.hpp at work, with who waits for what becomes of a code.
//
// Thread rule and answers: as service.hpp. Lifetime: the service that it works beside outlives it.
// Q3: a device that is revoked loses what it has claimed in the same job; and when one confirms, SQL refuses if it is
// revoked by then, in the same transaction that would link the other.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "accounts/link_codes.hpp"
#include "accounts/service.hpp"

namespace dunlin::accounts {

class linking {
 public:
  static constexpr std::size_t max_waiting = 4;  // for one link; one more sends the one that waits longest home
  static constexpr mono_ms sweep_every = 5'000;

  // REQUIRES: no other asks to be told of revocations (service::on_revoked).
  linking(service& beside, metrics& counted);

  // The new device's: a code for it. A repeat with the same device and token has the same answer. Errors: bad_name,
  // busy.
  struct opened {
    link_id id;
    std::string code;
    wall_ms expires = 0;
  };
  void open(device_id device, std::string name, token secret, executor post, answer<opened> done);
  // How it stands; waits for at most `wait` until it stands otherwise than `known`. `token_text`: of `open`. Errors:
  // unknown_link, wrong_token.
  struct standing {
    link_state state = link_state::waiting;
    identity linked;     // if linked
    std::string handle;  // from seen on
  };
  void wait(link_id id, std::string token_text, link_state known, mono_ms wait, executor post, answer<standing> done);

  // The signed-in device's: what asks. Error: unknown_code.
  struct asker {
    link_id id;
    std::string device_name;
    wall_ms created = 0;
  };
  void claim(std::string typed, identity who, executor post, answer<asker> done);
  // The device is linked and the streams know when this is ok (Q1); a repeat is ok, too. Errors: unknown_link,
  // link_over, conflict, too_many, wrong_token, untold (a repeat waits on).
  void confirm(link_id id, identity who, executor post, answer<void> done);
  // A repeat is ok. Errors: unknown_link, link_over.
  void refuse(link_id id, identity who, executor post, answer<void> done);

  // Sends home who waits.
  void stop();

 private:
  struct waiter {
    std::uint64_t number = 0;
    link_state known = link_state::waiting;
    std::function<void(result<standing>)> finish;
  };
  static standing standing_of(const link& one);
  void wake(link_id id);
  void wake(const std::vector<link_id>& all);
  void sweep();
  void finish_waiting(link_id id, std::uint64_t number);
  result<pending_row> link_now(link& one, const identity& who);
  void when_told(link_id id, pending_row row);
  mono_ms now() const { return desk_.time.now().mono; }

  desk& desk_;
  link_codes codes_;
  std::multimap<link_id, waiter> waiting_;
  std::uint64_t last_waiter_ = 0;
  bool sweep_due_ = false;

  gauge& open_;
  gauge& waits_;
  counter& opened_;
  counter& linked_;
  counter& missed_;
};

}  // namespace dunlin::accounts
