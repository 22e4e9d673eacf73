#include "base/metrics.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "base/check.hpp"

namespace dunlin {

void histogram::observe_us(std::uint64_t us, std::uint64_t times) {
  int i = 0;
  while (i < buckets && us > bound_us(i)) ++i;
  counts_[static_cast<std::size_t>(i)].add(times);
  sum_us_.add(us * times);
  count_.add(times);
}

metrics::series& metrics::add(kind what, std::string_view name, std::string_view help, std::string_view labels) {
  DUNLIN_CHECK(name.ends_with("_total") == (what == kind::counter) && !help.empty());
  const std::lock_guard guard(lock_);
  const auto family = std::find_if(series_.begin(), series_.end(), [&](const series& s) { return s.name == name; });
  if (family != series_.end()) {
    DUNLIN_CHECK(family->what == what && family->help == help);
    DUNLIN_CHECK(
        std::none_of(family, series_.end(), [&](const series& s) { return s.name == name && s.labels == labels; }));
  }
  auto& s = series_.emplace_back();
  s.what = what;
  s.name = name;
  s.help = help;
  s.labels = labels;
  return s;
}

counter& metrics::make_counter(std::string_view name, std::string_view help, std::string_view labels) {
  return add(kind::counter, name, help, labels).count;
}

gauge& metrics::make_gauge(std::string_view name, std::string_view help, std::string_view labels) {
  return add(kind::gauge, name, help, labels).level;
}

histogram& metrics::make_histogram(std::string_view name, std::string_view help, std::string_view labels) {
  return add(kind::histogram, name, help, labels).times;
}

void metrics::make_callback(std::string_view name, std::string_view help, std::string_view labels,
                            std::function<double()> read) {
  add(name.ends_with("_total") ? kind::counter : kind::gauge, name, help, labels).read = std::move(read);
}

void metrics::show(std::string_view name, std::string_view help, const counter& what) {
  add(kind::counter, name, help, "").counted = &what;
}

void metrics::show(std::string_view name, std::string_view help, const gauge& what) {
  add(kind::gauge, name, help, "").measured = &what;
}

void metrics::show(std::string_view name, std::string_view help, const histogram& what) {
  add(kind::histogram, name, help, "").timed = &what;
}

void metrics::write(const series& s, std::string& out) {
  auto to = std::back_inserter(out);
  const auto braces = s.labels.empty() ? std::string() : "{" + s.labels + "}";
  if (s.read) {
    fmt::format_to(to, "{}{} {}\n", s.name, braces, s.read());
    return;
  }
  switch (s.what) {
    case kind::counter: fmt::format_to(to, "{}{} {}\n", s.name, braces, s.counted->value()); return;
    case kind::gauge: fmt::format_to(to, "{}{} {}\n", s.name, braces, s.measured->value()); return;
    case kind::histogram: break;
  }
  const std::string comma = s.labels.empty() ? "" : ",";
  std::uint64_t below = 0;
  for (int i = 0; i < histogram::buckets; ++i) {
    below += s.timed->bucket(i);
    fmt::format_to(to, "{}_bucket{{{}{}le=\"{}\"}} {}\n", s.name, s.labels, comma,
                   static_cast<double>(histogram::bound_us(i)) / 1e6, below);
  }
  below += s.timed->bucket(histogram::buckets);
  fmt::format_to(to, "{}_bucket{{{}{}le=\"+Inf\"}} {}\n", s.name, s.labels, comma, below);
  fmt::format_to(to, "{}_sum{} {}\n", s.name, braces, static_cast<double>(s.timed->sum_us()) / 1e6);
  fmt::format_to(to, "{}_count{} {}\n", s.name, braces, below);
}

std::string metrics::expose() const {
  const std::lock_guard guard(lock_);
  std::vector<const series*> sorted;
  for (const auto& s : series_) sorted.push_back(&s);
  std::stable_sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->name < b->name; });
  std::string out;
  const series* previous = nullptr;
  for (const auto* s : sorted) {
    if (previous == nullptr || previous->name != s->name) {
      const char* type = s->what == kind::counter ? "counter" : s->what == kind::histogram ? "histogram" : "gauge";
      fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", s->name, s->help, s->name, type);
    }
    write(*s, out);
    previous = s;
  }
  return out;
}

}  // namespace dunlin
