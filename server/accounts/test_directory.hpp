// A directory of its own for one test, gone with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/check.hpp"

namespace dunlin {

class test_directory {
 public:
  explicit test_directory(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    std::string pattern = (in / "dunlin-test-XXXXXX").string();
    DUNLIN_CHECK(::mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
  }
  test_directory(const test_directory&) = delete;
  test_directory& operator=(const test_directory&) = delete;
  ~test_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (root_ / name).string(); }
  [[nodiscard]] std::string path() const { return root_.string(); }

 private:
  std::filesystem::path root_;
};

}  // namespace dunlin
