#include "accounts/profiles.hpp"

#include <algorithm>
#include <memory>

#include "accounts/handle.hpp"
#include "base/check.hpp"

namespace dunlin::accounts {

namespace {

// On the caller's thread: a hash of 256 KiB is no work for the one that all wait for.
result<picture> picture_of(const std::string& data) {
  const auto head = read_picture(as_bytes(data));
  if (!head || data.size() > max_picture_bytes) return errc::bad_picture;
  if (head->width > max_picture_side || head->height > max_picture_side) return errc::large_picture;
  const auto all = as_bytes(data);
  return picture{hash_of_picture(all), *head, bytes(all.begin(), all.end())};
}

}  // namespace

void profiles::get(account_id account, executor post, answer<profile> done) {
  desk_.get<profile>(std::move(post), std::move(done), [this, account] { return desk_.tables.profiles.find(account); });
}

void profiles::find_handle(std::string typed, executor post, answer<profile> done) {
  desk_.get<profile>(std::move(post), std::move(done), [this, typed = std::move(typed)] {
    return desk_.tables.profiles.find_handle(canonical_handle(typed));
  });
}

void profiles::look_up(std::vector<account_id> accounts, executor post, answer<std::vector<profile>> done) {
  DUNLIN_CHECK(accounts.size() <= max_looked_up);
  desk_.get<std::vector<profile>>(std::move(post), std::move(done),
                                  [this, all = std::move(accounts)] { return desk_.tables.profiles.find_all(all); });
}

void profiles::search(std::string text, std::size_t limit, executor post, answer<std::vector<profile>> done) {
  using found_profiles = std::vector<profile>;
  limit = std::min(limit, max_found);
  desk_.get<found_profiles>(
      std::move(post), std::move(done), [this, text = std::move(text), limit]() -> result<found_profiles> {
        if (policy_ == directory_policy::members) {
          // Who types @ada means the handle.
          return desk_.tables.profiles.search(text.starts_with('@') ? text.substr(1) : text, limit);
        }
        const auto one = desk_.tables.profiles.find_handle(canonical_handle(text));
        if (!one && one.error() != errc::unknown_account) return one.error();
        return one ? found_profiles{*one} : found_profiles{};
      });
}

void profiles::read_own(account_id account, executor post, answer<own> done) {
  desk_.get<own>(std::move(post), std::move(done), [this, account]() -> result<own> {
    own out;
    DUNLIN_TRY_ASSIGN(out.shown, desk_.tables.profiles.find(account));
    DUNLIN_TRY_ASSIGN(out.kept, desk_.tables.settings.list(account));
    return out;
  });
}

template <class Shown, class Changed>
void profiles::tell(const result<Changed>& made, const std::function<void(result<Shown>)>& finish) {
  if (!made) return finish(made.error());
  desk_.told_by.when_all_told({made->row}, [finish, shown = static_cast<const Shown&>(*made)](const status& told) {
    finish(told ? result<Shown>(shown) : result<Shown>(told.error()));
  });
}

void profiles::change(account_id account, profile_change to, executor post, answer<profile> done) {
  desk_.run<profile>(std::move(post), std::move(done), [this, account, to = std::move(to)](const auto& finish) {
    if (to.name && !check_display_name(*to.name)) return finish(errc::bad_display_name);
    if (to.about && !check_about(*to.about)) return finish(errc::bad_about);
    tell<profile>(desk_.tables.profiles.change(account, to), finish);
  });
}

void profiles::set_picture(account_id account, std::optional<std::string> data, executor post, answer<profile> done) {
  // Shared: what a job holds must be copyable, and this may be large.
  auto to = std::make_shared<std::optional<picture>>();
  if (data) {
    auto made = picture_of(*data);
    if (!made) return post([done = std::move(done), why = made.error()] { done(why); });
    *to = std::move(*made);
  }
  desk_.run<profile>(std::move(post), std::move(done), [this, account, to](const auto& finish) {
    tell<profile>(desk_.tables.profiles.set_picture(account, *to, desk_.time.now().wall), finish);
  });
}

void profiles::keep_picture(account_id account, const std::string& data, executor post, answer<picture_hash> done) {
  auto made = picture_of(data);
  if (!made) return post([done = std::move(done), why = made.error()] { done(why); });
  auto one = std::make_shared<picture>(std::move(*made));
  desk_.get<picture_hash>(std::move(post), std::move(done), [this, account, one]() -> result<picture_hash> {
    DUNLIN_TRY(desk_.tables.pictures.keep(*one, account, desk_.time.now().wall));
    return one->hash;
  });
}

void profiles::find_kept(picture_hash hash, executor post, answer<void> done) {
  desk_.get<void>(std::move(post), std::move(done), [this, hash] { return desk_.tables.pictures.find_kept(hash); });
}

void profiles::read_picture(picture_hash hash, executor post, answer<picture> done) {
  desk_.get<picture>(std::move(post), std::move(done), [this, hash] { return desk_.tables.pictures.find(hash); });
}

void profiles::put_settings(account_id account, stream_id conversation, std::string json, executor post,
                            answer<settings> done) {
  DUNLIN_CHECK(json.size() <= max_settings_bytes);
  desk_.run<settings>(std::move(post), std::move(done),
                      [this, account, conversation, json = std::move(json)](const auto& finish) {
                        tell<settings>(desk_.tables.settings.put(account, conversation, json), finish);
                      });
}

void profiles::get_settings(account_id account, stream_id conversation, executor post, answer<settings> done) {
  desk_.get<settings>(std::move(post), std::move(done),
                      [this, account, conversation] { return desk_.tables.settings.get(account, conversation); });
}

}  // namespace dunlin::accounts
