// What the contract suites of the accounts' roles run on: SQLite and memory, each of which can be opened again.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "accounts/memory_tables.hpp"
#include "accounts/sqlite_tables.hpp"
#include "accounts/test_directory.hpp"

namespace dunlin::accounts {

// A database that can be closed and opened again: what was committed must be there.
struct kept_tables {
  virtual ~kept_tables() = default;
  virtual table_set tables() = 0;
  virtual void reopen() = 0;
};

struct memory_store final : kept_tables {
  table_set tables() override { return held.tables(); }
  void reopen() override {}
  seeded_random random{1};
  memory_tables held{random};
};

struct sqlite_store final : kept_tables {
  sqlite_store() { reopen(); }
  table_set tables() override { return held->tables(); }
  void reopen() override {
    held.reset();
    auto opened = sqlite_tables::open(directory.path("accounts.db"), random);
    held = std::move(*opened);
  }
  // In memory where the system offers that: nothing here asks what a power cut leaves, and syncs would be most of it.
  static std::filesystem::path place() {
    std::error_code none;
    return std::filesystem::is_directory("/dev/shm", none) ? "/dev/shm" : std::filesystem::temp_directory_path();
  }
  test_directory directory{place()};
  seeded_random random{1};
  std::unique_ptr<sqlite_tables> held;
};

using factory = std::function<std::unique_ptr<kept_tables>()>;

class both_tables : public testing::TestWithParam<std::pair<const char*, factory>> {
 protected:
  registration entry(const std::string& handle) {
    return {random.id<account_id>(), handle, random.id<device_id>(), "phone", hash_of(make_token(random)), {}, {}};
  }
  registration added(const std::string& handle) {
    const auto e = entry(handle);
    EXPECT_TRUE(accounts().add({&e, 1}, now));
    return e;
  }
  new_device device_for(account_id owner) {
    return {random.id<device_id>(), owner, "tablet", hash_of(make_token(random)), {}};
  }
  account_table& accounts() { return held->tables().accounts; }
  credential_table& credentials() { return held->tables().credentials; }
  pending_table& pending() { return held->tables().pending; }
  invite_table& invites() { return held->tables().invites; }
  profile_table& profiles() { return held->tables().profiles; }
  picture_table& pictures() { return held->tables().pictures; }
  settings_table& kept_settings() { return held->tables().settings; }

  std::unique_ptr<kept_tables> held = GetParam().second();
  seeded_random random{7};
  static constexpr wall_ms now = 1'700'000'000'000;
};

// Runs a suite on both; its fixture is `rig`.
#define DUNLIN_BOTH_TABLES_ON(suite, rig)                                                                          \
  class suite : public rig {};                                                                                     \
  INSTANTIATE_TEST_SUITE_P(                                                                                        \
      All, suite,                                                                                                  \
      testing::Values(std::pair<const char*, factory>("memory", [] { return std::make_unique<memory_store>(); }),  \
                      std::pair<const char*, factory>("sqlite", [] { return std::make_unique<sqlite_store>(); })), \
      [](const auto& instance) { return std::string(instance.param.first); })

}  // namespace dunlin::accounts
