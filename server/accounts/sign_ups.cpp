#include "accounts/sign_ups.hpp"

#include "accounts/handle.hpp"
#include "accounts/profile_tables.hpp"
#include "base/check.hpp"

namespace dunlin::accounts {

namespace {

constexpr std::string_view count_name = "dunlin_sign_ups_total";
constexpr std::string_view count_help = "Attempts to sign up, by outcome.";

}  // namespace

status check_invite(const invite& one, wall_ms now) {
  if (one.revoked || (one.expires != 0 && now >= one.expires)) return errc::invite_expired;
  return one.used < one.uses ? ok() : status(errc::invite_used);
}

std::string make_invite_code(random_source& random) { return to_text(make_token(random)).substr(0, 16); }

sign_ups::sign_ups(service& beside, signup_policy policy, metrics& counted)
    : desk_(beside.works_with()),
      policy_(policy),
      accepted_(counted.make_counter(count_name, count_help, "outcome=\"accepted\"")),
      repeated_(counted.make_counter(count_name, count_help, "outcome=\"repeated\"")),
      refused_(counted.make_counter(count_name, count_help, "outcome=\"refused\"")) {}

void sign_ups::facts(executor post, answer<server_facts> done) {
  desk_.get<server_facts>(std::move(post), std::move(done), [this]() -> result<server_facts> {
    // Anybody may ask, and counting takes a walk over all: so it is not done each time.
    const auto now = desk_.time.now().mono;
    if (now - known_at_ < count_age) return known_;
    DUNLIN_TRY_ASSIGN(known_.accounts, desk_.tables.accounts.account_count());
    DUNLIN_TRY_ASSIGN(known_.since, desk_.tables.accounts.since());
    known_at_ = now;
    return known_;
  });
}

result<sign_up_entry> sign_ups::check(const sign_up_request& r) const {
  DUNLIN_TRY(accounts::check_handle(r.handle));
  if (is_reserved(r.handle)) return errc::handle_reserved;
  DUNLIN_TRY(check_display_name(r.name));
  DUNLIN_TRY(check_about(r.about));
  DUNLIN_TRY(check_device_name(r.device_name));
  return sign_up_entry{
      {r.account, r.handle, r.device, r.device_name, hash_of(r.secret), r.name, r.about}, policy_, r.invite};
}

void sign_ups::count(const result<signed_up>& outcome) {
  if (!outcome) return refused_.add();
  (outcome->repeat ? repeated_ : accepted_).add();
}

void sign_ups::sign_up(sign_up_request request, executor post, answer<signed_up_account> done) {
  desk_.run<signed_up_account>(std::move(post), std::move(done), [this, r = std::move(request)](const auto& finish) {
    const auto entry = check(r);
    const auto added =
        entry ? desk_.tables.accounts.sign_up(*entry, desk_.time.now().wall) : result<signed_up>(entry.error());
    count(added);
    if (!added) return finish(added.error());
    signed_up_account out{{r.account, r.device}, r.handle, added->repeat, false};
    desk_.told_by.when_all_told({added->row}, [finish, out](const status& told) mutable {
      if (!told && told.error() != errc::untold) return finish(told.error());
      out.untold = !told;
      finish(out);
    });
  });
}

void sign_ups::check_handle(std::string typed, std::string invite, executor post, answer<handle_facts> done) {
  desk_.get<handle_facts>(std::move(post), std::move(done),
                          [this, typed = std::move(typed), code = std::move(invite)]() -> result<handle_facts> {
                            if (policy_ == signup_policy::closed) return errc::sign_up_closed;
                            if (policy_ == signup_policy::invite) {
                              DUNLIN_TRY_ASSIGN(const auto one, desk_.tables.invites.find(code));
                              DUNLIN_TRY(check_invite(one, desk_.time.now().wall));
                            }
                            handle_facts out{canonical_handle(typed), false};
                            DUNLIN_TRY(accounts::check_handle(out.handle));
                            DUNLIN_TRY_ASSIGN(const bool taken, desk_.tables.accounts.is_taken(out.handle));
                            out.free = !taken && !is_reserved(out.handle);
                            return out;
                          });
}

result<invite_facts> sign_ups::facts_of(invite one) {
  invite_facts out{std::move(one), {}, {}};
  if (!out.one.made_by) return out;
  const auto from = desk_.tables.profiles.find(*out.one.made_by);
  if (!from && from.error() != errc::unknown_account) return from.error();
  if (from) out.from_handle = from->handle;
  if (from) out.from_name = from->name;
  return out;
}

void sign_ups::find_invite(std::string code, executor post, answer<invite_facts> done) {
  desk_.get<invite_facts>(std::move(post), std::move(done), [this, code = std::move(code)]() -> result<invite_facts> {
    DUNLIN_TRY_ASSIGN(auto one, desk_.tables.invites.find(code));
    DUNLIN_TRY(check_invite(one, desk_.time.now().wall));
    return facts_of(std::move(one));
  });
}

void sign_ups::add_invite(invite_request request, executor post, answer<invite> done) {
  DUNLIN_CHECK(request.uses > 0 && request.uses <= max_uses && request.lasts >= 0);
  desk_.get<invite>(std::move(post), std::move(done), [this, r = request]() -> result<invite> {
    const auto now = desk_.time.now().wall;
    invite one;
    one.code = make_invite_code(desk_.random);
    one.made_by = r.from;
    one.uses = r.uses;
    one.created = now;
    one.expires = r.lasts == 0 ? 0 : now + r.lasts;
    DUNLIN_TRY(desk_.tables.invites.add(one, now));
    return one;
  });
}

void sign_ups::list_invites(executor post, answer<std::vector<invite_facts>> done) {
  using facts_list = std::vector<invite_facts>;
  desk_.get<facts_list>(std::move(post), std::move(done), [this]() -> result<facts_list> {
    DUNLIN_TRY_ASSIGN(auto all, desk_.tables.invites.list(max_listed));
    facts_list out;
    for (auto& one : all) {
      DUNLIN_TRY_ASSIGN(auto facts, facts_of(std::move(one)));
      out.push_back(std::move(facts));
    }
    return out;
  });
}

void sign_ups::revoke_invite(std::string code, executor post, answer<void> done) {
  desk_.get<void>(std::move(post), std::move(done),
                  [this, code = std::move(code)] { return desk_.tables.invites.revoke(code); });
}

}  // namespace dunlin::accounts
