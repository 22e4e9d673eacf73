// One result as a line of JSON: names and numbers, in the order in which they were put.
//
// Thread rule: none; a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dunlin::bench {

class report {
 public:
  report& text(std::string_view name, std::string_view value);
  report& number(std::string_view name, std::uint64_t value);
  report& real(std::string_view name, double value);
  report& flag(std::string_view name, bool value);
  [[nodiscard]] std::string line() const { return "{" + out_ + "}"; }

 private:
  void name(std::string_view n);
  std::string out_;
};

}  // namespace dunlin::bench
