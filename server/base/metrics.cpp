#include "base/metrics.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <vector>

#include <fmt/format.h>

namespace dunlin {

void histogram::observe_us(std::uint64_t us) {
  int i = 0;
  while (i < buckets && us > bound_us(i)) ++i;
  counts_[static_cast<std::size_t>(i)].add();
  sum_us_.add(us);
  count_.add();
}

metrics::series& metrics::add(kind what, std::string_view name, std::string_view help, std::string_view labels) {
  const std::lock_guard guard(lock_);
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
  add(kind::callback, name, help, labels).read = std::move(read);
}

void metrics::write(const series& s, std::string& out) {
  auto to = std::back_inserter(out);
  const auto braces = s.labels.empty() ? std::string() : "{" + s.labels + "}";
  switch (s.what) {
    case kind::counter: fmt::format_to(to, "{}{} {}\n", s.name, braces, s.count.value()); return;
    case kind::gauge: fmt::format_to(to, "{}{} {}\n", s.name, braces, s.level.value()); return;
    case kind::callback: fmt::format_to(to, "{}{} {}\n", s.name, braces, s.read()); return;
    case kind::histogram: break;
  }
  const std::string comma = s.labels.empty() ? "" : ",";
  std::uint64_t below = 0;
  for (int i = 0; i < histogram::buckets; ++i) {
    below += s.times.bucket(i);
    fmt::format_to(to, "{}_bucket{{{}{}le=\"{}\"}} {}\n", s.name, s.labels, comma,
                   static_cast<double>(histogram::bound_us(i)) / 1e6, below);
  }
  below += s.times.bucket(histogram::buckets);
  fmt::format_to(to, "{}_bucket{{{}{}le=\"+Inf\"}} {}\n", s.name, s.labels, comma, below);
  fmt::format_to(to, "{}_sum{} {}\n", s.name, braces, static_cast<double>(s.times.sum_us()) / 1e6);
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
