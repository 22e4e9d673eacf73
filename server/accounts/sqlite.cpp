#include "accounts/sqlite.hpp"

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "accounts/errc.hpp"
#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::accounts {

namespace {

// How long one statement may wait for another process (a backup with the sqlite3 tool, say).
constexpr int busy_timeout_ms = 5000;
// What the write-ahead log may keep on disk after a checkpoint.
constexpr int wal_keep_bytes = 16 << 20;

errc error_of(sqlite3* db, int code, std::string_view doing) {
  const int cause = db == nullptr ? 0 : sqlite3_system_errno(db);
  const bool full = (code & 0xff) == SQLITE_FULL || ((code & 0xff) == SQLITE_IOERR && cause == ENOSPC);
  const bool constraint = (code & 0xff) == SQLITE_CONSTRAINT;
  if (!constraint) {
    log_error("accounts: the database refused",
              {{"doing", doing}, {"code", code}, {"why", db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db)}});
  }
  if (full) return errc::no_space;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return errc::corrupt;
    case SQLITE_CONSTRAINT: return errc::conflict;
    default: return errc::io;
  }
}

// SQLite gives its journal and shared memory the mode of the database file, so making that one private is enough.
status make_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    log_error("accounts: the database file cannot be opened", {{"path", path}, {"errno", errno}});
    return errno == ENOSPC ? errc::no_space : errc::io;
  }
  const bool ok = ::fchmod(fd, 0600) == 0 && ::fsync(fd) == 0;
  ::close(fd);
  if (!ok) return errc::io;
  const auto parent = std::filesystem::path(path).parent_path();
  const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return errc::io;
  const bool synced = ::fsync(directory) == 0;
  ::close(directory);
  return synced ? dunlin::ok() : status(errc::io);
}

}  // namespace

sqlite_statement::sqlite_statement(sqlite3* db, std::string_view sql) : db_(db) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code == SQLITE_OK) return;
  unprepared_ = error_of(db, code, sql);
  DUNLIN_CHECK((code & 0xff) != SQLITE_ERROR);  // wrong SQL; a damaged file has codes of its own
}

void sqlite_statement::finalizer::operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }

result<bool> sqlite_statement::step() {
  if (!statement_) return unprepared_;
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const auto error = error_of(db_, sqlite3_extended_errcode(db_), sqlite3_sql(statement_.get()));
  reset();
  return error;
}

status sqlite_statement::run() {
  DUNLIN_TRY(step());
  reset();
  return ok();
}

void sqlite_statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t sqlite_statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string sqlite_statement::text(int column) const {
  const auto* data = sqlite3_column_text(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(data), size);
}

byte_span sqlite_statement::blob(int column) const {
  const auto* data = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {static_cast<const std::uint8_t*>(data), data == nullptr ? 0 : size};
}

bool sqlite_statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void sqlite_statement::set(int at, std::int64_t value) {
  if (!statement_) return;
  DUNLIN_CHECK(sqlite3_bind_int64(statement_.get(), at, value) == SQLITE_OK);
}

void sqlite_statement::set(int at, std::string_view value) {
  if (!statement_) return;
  DUNLIN_CHECK(sqlite3_bind_text64(statement_.get(), at, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8) ==
               SQLITE_OK);
}

void sqlite_statement::set(int at, byte_span value) {
  if (!statement_) return;
  DUNLIN_CHECK(sqlite3_bind_blob64(statement_.get(), at, value.data(), value.size(), SQLITE_STATIC) == SQLITE_OK);
}

void sqlite_statement::set(int at, std::nullptr_t) {
  if (!statement_) return;
  DUNLIN_CHECK(sqlite3_bind_null(statement_.get(), at) == SQLITE_OK);
}

void sqlite_statement::copy(int at, const std::array<std::uint8_t, 16>& value) {
  if (!statement_) return;
  DUNLIN_CHECK(sqlite3_bind_blob64(statement_.get(), at, value.data(), value.size(), SQLITE_TRANSIENT) == SQLITE_OK);
}

void sqlite_database::closer::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

result<sqlite_database> sqlite_database::open(const std::string& path) {
  DUNLIN_TRY(make_private(path));
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite_database db(raw);
  if (code != SQLITE_OK) return error_of(raw, code, "open");
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  DUNLIN_TRY(db.execute("PRAGMA journal_mode=WAL"));
  DUNLIN_TRY(db.execute("PRAGMA synchronous=FULL"));
  DUNLIN_TRY(db.execute("PRAGMA foreign_keys=ON"));
  DUNLIN_TRY(db.execute("PRAGMA journal_size_limit=" + std::to_string(wal_keep_bytes)));
  return db;
}

status sqlite_database::execute(const std::string& sql) {
  const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(db_.get(), code, sql);
  return ok();
}

result<std::int64_t> sqlite_database::number(std::string_view sql) {
  sqlite_statement statement(db_.get(), sql);
  DUNLIN_TRY_ASSIGN(const bool found, statement.step());
  return found ? statement.number(0) : 0;
}

std::int64_t sqlite_database::last_row() const { return sqlite3_last_insert_rowid(db_.get()); }

result<sqlite_transaction> sqlite_transaction::begin(sqlite_database& db) {
  DUNLIN_TRY(db.execute("BEGIN IMMEDIATE"));
  return sqlite_transaction(db);
}

sqlite_transaction::~sqlite_transaction() {
  // Some failures (a full disk) have rolled back already; a second rollback is then an error without meaning.
  if (db_ != nullptr && sqlite3_get_autocommit(db_->handle()) == 0) {
    sqlite3_exec(db_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

status sqlite_transaction::commit() {
  DUNLIN_TRY(db_->execute("COMMIT"));
  db_ = nullptr;
  return ok();
}

}  // namespace dunlin::accounts
