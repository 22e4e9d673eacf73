// SQLite as values: a connection, prepared statements, transactions. Nothing here knows a table.
//
// Thread rule: a database and its statements belong to one thread at a time. Statements must die before their database.
// Errors are accounts::errc: no_space, busy, corrupt, conflict (a constraint), io; SQLite's own message is logged where
// it happens. What should be impossible (wrong SQL, a wrong parameter) ends the process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "accounts/errc.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace dunlin::accounts {

class sqlite_statement {
 public:
  // A statement that cannot be prepared because the file is damaged fails at each step.
  sqlite_statement(sqlite3* db, std::string_view sql);

  // Sets parameters 1, 2, … in order; what they refer to must live until the statement has run.
  template <class... Values>
  sqlite_statement& bind(const Values&... values) {
    reset();
    int at = 0;
    (set(++at, values), ...);
    return *this;
  }
  // True: a row is there, read it. False: the end. The statement is reset by the next bind, or by `reset`.
  result<bool> step();
  // Runs a statement that gives no rows.
  status run();
  void reset();

  // The columns of the present row.
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] byte_span blob(int column) const;  // valid until the next step
  [[nodiscard]] bool is_null(int column) const;
  template <class Id>
  [[nodiscard]] Id id(int column) const {
    const auto data = blob(column);
    return data.size() == 16 ? id_from_bytes<Id>(data.first<16>()) : Id{};
  }

 private:
  void set(int at, std::int64_t value);
  void set(int at, std::uint64_t value) { set(at, static_cast<std::int64_t>(value)); }
  void set(int at, std::string_view value);
  void set(int at, const std::string& value) { set(at, std::string_view(value)); }
  void set(int at, byte_span value);
  void set(int at, const std::array<std::uint8_t, 32>& value) { set(at, byte_span(value)); }
  void set(int at, std::nullptr_t value);
  template <class Tag>
  void set(int at, const id128<Tag>& value) {
    copy(at, to_bytes(value));
  }
  template <class T>
  void set(int at, const std::optional<T>& value) {
    if (value) {
      set(at, *value);
    } else {
      set(at, nullptr);
    }
  }
  void copy(int at, const std::array<std::uint8_t, 16>& value);

  struct finalizer {
    void operator()(sqlite3_stmt* s) const;
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, finalizer> statement_;
  errc unprepared_ = errc::io;
};

class sqlite_database {
 public:
  // Opens or creates the file with mode 0600, in WAL mode, synchronous=FULL, foreign keys on.
  static result<sqlite_database> open(const std::string& path);

  [[nodiscard]] sqlite3* handle() const { return db_.get(); }
  // Statements without parameters or rows.
  status execute(const std::string& sql);
  result<std::int64_t> number(std::string_view sql);
  // The rowid of the last insert.
  [[nodiscard]] std::int64_t last_row() const;

 private:
  struct closer {
    void operator()(sqlite3* db) const;
  };
  explicit sqlite_database(sqlite3* db) : db_(db) {}
  std::unique_ptr<sqlite3, closer> db_;
};

// Begins at once with the right to write; what is not committed is rolled back.
class sqlite_transaction {
 public:
  static result<sqlite_transaction> begin(sqlite_database& db);
  sqlite_transaction(sqlite_transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  sqlite_transaction& operator=(sqlite_transaction&&) = delete;
  ~sqlite_transaction();
  status commit();

 private:
  explicit sqlite_transaction(sqlite_database& db) : db_(&db) {}
  sqlite_database* db_;
};

}  // namespace dunlin::accounts
