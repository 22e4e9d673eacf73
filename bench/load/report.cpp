#include "bench/load/report.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace dunlin::bench {

void report::name(std::string_view n) {
  if (!out_.empty()) out_ += ',';
  out_ += fmt::format("\"{}\":", n);
}

report& report::text(std::string_view n, std::string_view value) {
  name(n);
  out_ += boost::json::serialize(boost::json::string(value));
  return *this;
}

report& report::number(std::string_view n, std::uint64_t value) {
  name(n);
  out_ += fmt::format("{}", value);
  return *this;
}

report& report::real(std::string_view n, double value) {
  name(n);
  out_ += fmt::format("{:.6g}", value);
  return *this;
}

report& report::flag(std::string_view n, bool value) {
  name(n);
  out_ += value ? "true" : "false";
  return *this;
}

}  // namespace dunlin::bench
