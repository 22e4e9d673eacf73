// Profiles, pictures and settings on SQLite. People are found by the words of their handles and names, in SQLite's
// full-text index, which knows the cases and accents of most scripts.
#include <algorithm>

#include "accounts/sqlite_parts.hpp"

namespace dunlin::accounts {

namespace {

constexpr std::size_t max_words = 8;  // of a search; what is more is left out

// False: there is nothing in it that the index knows.
bool is_word(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

#define DUNLIN_PROFILE_COLUMNS "a.id, a.handle, a.name, a.about, a.picture, a.profile_version, a.created"

// Each word as a prefix that must be there, quoted, so that nothing in it is taken for the index's own language.
std::string query_of(std::string_view text) {
  std::string out;
  std::size_t words = 0;
  while (!text.empty() && words < max_words) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!is_word(word)) continue;
    ++words;
    out += out.empty() ? "\"" : " AND \"";
    for (const char c : word) {
      if (c == '"') out += '"';
      if (c != '\0') out += c;
    }
    out += "\" *";
  }
  return out;
}

}  // namespace

sqlite_profiles::sqlite_profiles(sqlite_database& db)
    : db_(db),
      by_id_(db.handle(), "SELECT " DUNLIN_PROFILE_COLUMNS " FROM accounts a WHERE a.id = ?1 AND a.deleted IS NULL"),
      by_handle_(db.handle(),
                 "SELECT " DUNLIN_PROFILE_COLUMNS " FROM accounts a WHERE a.handle = ?1 AND a.deleted IS NULL"),
      all_by_handle_(db.handle(), "SELECT " DUNLIN_PROFILE_COLUMNS
                                  " FROM accounts a WHERE a.deleted IS NULL ORDER BY a.handle LIMIT ?1"),
      by_words_(db.handle(), "SELECT " DUNLIN_PROFILE_COLUMNS
                             " FROM directory d JOIN listed l ON l.n = d.rowid JOIN accounts a ON a.id = l.account "
                             "WHERE d.directory MATCH ?1 ORDER BY d.rowid LIMIT ?2"),
      update_texts_(db.handle(),
                    "UPDATE accounts SET name = ?2, about = ?3, profile_version = profile_version + 1 WHERE id = ?1"),
      update_picture_(db.handle(),
                      "UPDATE accounts SET picture = ?2, profile_version = profile_version + 1 WHERE id = ?1"),
      enlist_(db.handle(), "INSERT INTO listed(account) VALUES(?1)"),
      number_of_listed_(db.handle(), "SELECT n FROM listed WHERE account = ?1"),
      insert_words_(db.handle(), "INSERT INTO directory(rowid, handle, name) VALUES(?1, ?2, ?3)"),
      update_words_(db.handle(), "UPDATE directory SET name = ?2 WHERE rowid = ?1"),
      delete_words_(db.handle(), "DELETE FROM directory WHERE rowid = ?1"),
      unlist_(db.handle(), "DELETE FROM listed WHERE n = ?1"),
      insert_picture_(db.handle(),
                      "INSERT INTO pictures(hash, type, width, height, created, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
                      "ON CONFLICT DO NOTHING"),
      keep_picture_(db.handle(), "UPDATE pictures SET keeper = ?2 WHERE hash = ?1"),
      keeper_of_(db.handle(), "SELECT count(*) FROM pictures WHERE hash = ?1 AND keeper IS NOT NULL"),
      count_kept_(db.handle(), "SELECT count(*) FROM pictures WHERE keeper = ?1"),
      count_pictures_(db.handle(), "SELECT count(*) FROM pictures"),
      picture_by_hash_(db.handle(), "SELECT type, width, height, data FROM pictures WHERE hash = ?1"),
      delete_unused_(db.handle(),
                     "DELETE FROM pictures WHERE hash = ?1 AND keeper IS NULL "
                     "AND NOT EXISTS(SELECT 1 FROM accounts WHERE picture = ?1)"),
      put_settings_(db.handle(),
                    "INSERT INTO settings(account, conversation, version, json) VALUES(?1, ?2, ?3, ?4) "
                    "ON CONFLICT DO UPDATE SET version = ?3, json = ?4"),
      settings_of_(db.handle(), "SELECT version, json FROM settings WHERE account = ?1 AND conversation = ?2"),
      list_settings_(db.handle(),
                     "SELECT version, json, conversation FROM settings WHERE account = ?1 ORDER BY conversation"),
      next_version_(db.handle(), "SELECT coalesce(max(version), 0) + 1 FROM settings WHERE account = ?1"),
      other_settings_(db.handle(),
                      "SELECT count(*), coalesce(sum(length(CAST(json AS BLOB))), 0) FROM settings "
                      "WHERE account = ?1 AND conversation != ?2"),
      delete_settings_(db.handle(), "DELETE FROM settings WHERE account = ?1"),
      tell_(db.handle(), "INSERT INTO pending(account, news, conversation) VALUES(?1, ?2, ?3)"),
      untold_(db.handle(),
              "SELECT n FROM pending WHERE account = ?1 AND news = ?2 AND conversation = ?3 ORDER BY n LIMIT 1") {}

#undef DUNLIN_PROFILE_COLUMNS

namespace {

profile profile_of(const sqlite_statement& row) {
  profile out;
  out.account = row.id<account_id>(0);
  out.handle = row.text(1);
  out.name = row.text(2);
  out.about = row.text(3);
  if (row.blob(4).size() == 32) {
    out.picture.emplace();
    std::ranges::copy(row.blob(4), out.picture->bytes.begin());
  }
  out.version = static_cast<std::uint64_t>(row.number(5));
  out.created = row.number(6);
  return out;
}

}  // namespace

result<profile> sqlite_profiles::read(sqlite_statement& select) {
  DUNLIN_TRY_ASSIGN(const bool found, select.step());
  if (!found) return errc::unknown_account;
  auto out = profile_of(select);
  select.reset();
  return out;
}

result<std::vector<profile>> sqlite_profiles::read_all(sqlite_statement& select) {
  std::vector<profile> out;
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool found, select.step());
    if (!found) return out;
    out.push_back(profile_of(select));
  }
}

result<profile> sqlite_profiles::find(account_id account) { return read(by_id_.bind(account)); }

result<profile> sqlite_profiles::find_handle(std::string_view handle) { return read(by_handle_.bind(handle)); }

result<std::vector<profile>> sqlite_profiles::find_all(std::span<const account_id> accounts) {
  std::vector<profile> out;
  for (const auto& id : accounts) {
    auto one = find(id);
    if (!one && one.error() != errc::unknown_account) return one.error();
    if (one) out.push_back(std::move(*one));
  }
  return out;
}

result<pending_row> sqlite_profiles::tell(account_id owner, pending_news what, stream_id conversation) {
  DUNLIN_TRY(tell_.bind(owner, static_cast<std::int64_t>(what), conversation).run());
  return static_cast<pending_row>(db_.last_row());
}

result<pending_row> sqlite_profiles::untold(account_id owner, pending_news what, stream_id conversation) {
  return number_of(untold_, owner, static_cast<std::int64_t>(what), conversation);
}

result<changed_profile> sqlite_profiles::change(account_id account, const profile_change& to) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY_ASSIGN(auto now, find(account));
  const auto name = to.name.value_or(now.name);
  const auto about = to.about.value_or(now.about);
  if (name == now.name && about == now.about) {
    DUNLIN_TRY_ASSIGN(const auto before, untold(account, pending_news::profile));
    return changed_profile{std::move(now), before};
  }
  DUNLIN_TRY(update_texts_.bind(account, name, about).run());
  DUNLIN_TRY_ASSIGN(const auto n, number_of(number_of_listed_, account));
  DUNLIN_TRY(update_words_.bind(n, name).run());
  DUNLIN_TRY_ASSIGN(now, find(account));
  DUNLIN_TRY_ASSIGN(const auto row, tell(account, pending_news::profile));
  DUNLIN_TRY(transaction.commit());
  return changed_profile{std::move(now), row};
}

status sqlite_profiles::store(const picture& one, wall_ms now) {
  return insert_picture_
      .bind(one.hash.bytes, static_cast<std::int64_t>(one.head.type), static_cast<std::int64_t>(one.head.width),
            static_cast<std::int64_t>(one.head.height), now, byte_span(one.data))
      .run();
}

status sqlite_profiles::drop_unused(const picture_hash& hash) { return delete_unused_.bind(hash.bytes).run(); }

result<changed_profile> sqlite_profiles::set_picture(account_id account, const std::optional<picture>& to,
                                                     wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY_ASSIGN(auto shown, find(account));
  const auto before = shown.picture;
  if (before == (to ? std::optional(to->hash) : std::nullopt)) {
    DUNLIN_TRY_ASSIGN(const auto row, untold(account, pending_news::profile));
    return changed_profile{std::move(shown), row};
  }
  if (to) DUNLIN_TRY(store(*to, now));
  DUNLIN_TRY(update_picture_.bind(account, to ? std::optional(to->hash.bytes) : std::nullopt).run());
  if (before) DUNLIN_TRY(drop_unused(*before));
  DUNLIN_TRY_ASSIGN(shown, find(account));
  DUNLIN_TRY_ASSIGN(const auto row, tell(account, pending_news::profile));
  DUNLIN_TRY(transaction.commit());
  return changed_profile{std::move(shown), row};
}

result<std::vector<profile>> sqlite_profiles::search(std::string_view text, std::size_t limit) {
  const auto query = query_of(text);
  const auto most = static_cast<std::uint64_t>(limit);
  if (query.empty()) return read_all(all_by_handle_.bind(most));
  return read_all(by_words_.bind(query, most));
}

status sqlite_profiles::keep(const picture& one, account_id keeper, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY(find(keeper));
  DUNLIN_TRY_ASSIGN(const auto kept, number_of(keeper_of_, one.hash.bytes));
  if (kept > 0) return ok();
  DUNLIN_TRY_ASSIGN(const auto own, number_of(count_kept_, keeper));
  if (own >= max_kept_pictures) return errc::too_many_kept;
  DUNLIN_TRY(store(one, now));
  DUNLIN_TRY(keep_picture_.bind(one.hash.bytes, keeper).run());
  return transaction.commit();
}

result<picture> sqlite_profiles::find(const picture_hash& hash) {
  auto& select = picture_by_hash_;
  DUNLIN_TRY_ASSIGN(const bool found, select.bind(hash.bytes).step());
  if (!found) return errc::unknown_picture;
  picture out;
  out.hash = hash;
  out.head = {static_cast<picture_type>(select.number(0)), static_cast<std::uint32_t>(select.number(1)),
              static_cast<std::uint32_t>(select.number(2))};
  const auto data = select.blob(3);
  out.data.assign(data.begin(), data.end());
  select.reset();
  return out;
}

status sqlite_profiles::find_kept(const picture_hash& hash) {
  DUNLIN_TRY_ASSIGN(const auto kept, number_of(keeper_of_, hash.bytes));
  return kept > 0 ? ok() : status(errc::unknown_picture);
}

result<std::uint64_t> sqlite_profiles::picture_count() { return number_of(count_pictures_); }

result<changed_settings> sqlite_profiles::put(account_id account, stream_id conversation, std::string_view json) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY(find(account));
  DUNLIN_TRY_ASSIGN(auto now, get(account, conversation));
  if (now.version > 0 && now.json == json) {
    DUNLIN_TRY_ASSIGN(const auto before, untold(account, pending_news::settings, conversation));
    return changed_settings{std::move(now), before};
  }
  DUNLIN_TRY(other_settings_.bind(account, conversation).step());
  const bool full = static_cast<std::size_t>(other_settings_.number(0)) >= max_settings ||
                    static_cast<std::size_t>(other_settings_.number(1)) + json.size() > max_settings_total;
  other_settings_.reset();
  if (full) return errc::too_many_kept;
  DUNLIN_TRY_ASSIGN(now.version, number_of(next_version_, account));
  now.json = json;
  DUNLIN_TRY(put_settings_.bind(account, conversation, now.version, json).run());
  DUNLIN_TRY_ASSIGN(const auto row, tell(account, pending_news::settings, conversation));
  DUNLIN_TRY(transaction.commit());
  return changed_settings{std::move(now), row};
}

result<settings> sqlite_profiles::get(account_id account, stream_id conversation) {
  DUNLIN_TRY_ASSIGN(const bool found, settings_of_.bind(account, conversation).step());
  settings out;
  out.conversation = conversation;
  if (!found) return out;
  out.version = static_cast<std::uint64_t>(settings_of_.number(0));
  out.json = settings_of_.text(1);
  settings_of_.reset();
  return out;
}

result<std::vector<settings>> sqlite_profiles::list(account_id account) {
  list_settings_.bind(account);
  std::vector<settings> out;
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool found, list_settings_.step());
    if (!found) return out;
    out.push_back({list_settings_.id<stream_id>(2), static_cast<std::uint64_t>(list_settings_.number(0)),
                   list_settings_.text(1)});
  }
}

status sqlite_profiles::enlist(account_id account, std::string_view handle, std::string_view name) {
  DUNLIN_TRY(enlist_.bind(account).run());
  return insert_words_.bind(db_.last_row(), handle, name).run();
}

status sqlite_profiles::erase(account_id account) {
  DUNLIN_TRY_ASSIGN(const auto shown, find(account));
  DUNLIN_TRY(update_texts_.bind(account, std::string_view(""), std::string_view("")).run());
  DUNLIN_TRY(update_picture_.bind(account, nullptr).run());
  if (shown.picture) DUNLIN_TRY(drop_unused(*shown.picture));
  DUNLIN_TRY_ASSIGN(const auto n, number_of(number_of_listed_, account));
  DUNLIN_TRY(delete_words_.bind(n).run());
  DUNLIN_TRY(unlist_.bind(n).run());
  return delete_settings_.bind(account).run();
}

}  // namespace dunlin::accounts
