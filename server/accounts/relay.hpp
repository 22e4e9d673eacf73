// Tells the streams what SQL has decided (rule Q1): submits each row of `pending` through engine::control, and deletes
// it when the verdict, which has passed the durability rule, says that it is told. A crash anywhere in between leaves
// the row, and the next start tells it again; entries are upserts with a version, so that does nothing twice.
//
// A change of an account's profile is told to the account itself first; that answers who waits for it. Then all who
// share a conversation with it are told (profile_news), and only then the row is deleted.
//
// Thread rule: the store thread (job_queue) alone. At most `window` rows are under way, and the profiles of at most
// `max_spreading` told to others; the rest waits in the table.
// A refusal is repeated with back-off for as long as it takes. Only a new account is given up whose id a client made so
// that a conversation has it already: its stream can never be, so the account is deleted, and all its rows with it
// (pending_table::give_up).
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "accounts/job_queue.hpp"
#include "accounts/profile_news.hpp"
#include "accounts/tables.hpp"
#include "base/metrics.hpp"
#include "engine/control.hpp"

namespace dunlin::accounts {

class relay {
 public:
  static constexpr std::size_t window = 256;
  static constexpr std::size_t max_unforgotten = 4096;  // told rows that could not be deleted yet; beyond, nothing new
  static constexpr std::size_t max_spreading = 1024;
  static constexpr mono_ms first_delay = 20;
  static constexpr mono_ms longest_delay = 5000;
  static constexpr mono_ms longest_wait = 30'000;  // of when_all_told

  // REQUIRES: all outlive the relay; after stop(), `streams` may still answer as long as `queue` lives.
  relay(pending_table& rows, engine::control& streams, job_queue& queue, const clock& time, metrics& counted);

  // Looks for rows: after start, and after each change.
  void wake();
  // `done` is called once: with ok when the row is told; with errc::untold when the disk is too full to tell it now (it
  // is told later all the same); with errc::conflict when it was given up; with errc::closed when the relay stops. At
  // once if nothing is left to tell (row 0).
  using told = std::function<void(status)>;
  void when_told(pending_row row, told done);
  // The same for all of several: ok, or the first that was not; errc::untold after longest_wait.
  void when_all_told(const std::vector<pending_row>& rows, told done);
  // Called with each account that was given up.
  void on_given_up(std::function<void(account_id)> what) { given_up_ = std::move(what); }
  void stop();

  [[nodiscard]] std::size_t under_way() const { return flight_.size(); }
  // Rows whose profile is being told to others.
  [[nodiscard]] std::size_t spreading() const { return news_.under_way(); }

 private:
  struct telling {
    engine::account_spec change;
    mono_ms delay = first_delay;
  };

  // So many rows more may be under way.
  [[nodiscard]] std::size_t room() const;
  void load();
  void submit(pending_row row);
  void answered(pending_row row, const stream::verdict& outcome);
  void was_told(pending_row row);
  // All that there is of the row is told.
  void finish(pending_row row);
  bool gives_up(pending_row row);
  void forget_told();
  void answer(pending_row row, const status& outcome);
  void retry(mono_ms delay, job work);

  pending_table& rows_;
  engine::control& streams_;
  job_queue& queue_;
  profile_news news_;
  const clock& time_;
  std::function<void(account_id)> given_up_ = [](account_id) {};
  std::map<pending_row, telling> flight_;
  std::multimap<pending_row, told> waiting_;
  std::set<pending_row> told_;  // to be deleted
  pending_row last_loaded_ = 0;
  mono_ms table_delay_ = first_delay;
  bool load_due_ = false;
  bool forget_due_ = false;
  bool stopped_ = false;

  counter& told_total_;
  counter& refused_total_;
  gauge& under_way_;
};

}  // namespace dunlin::accounts
