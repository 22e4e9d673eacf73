#include "base/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using testing::HasSubstr;

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  metrics m;
  m.make_counter("dunlin_refusals_total", "Refused entries.", "reason=\"busy\"").add(3);
  m.make_gauge("dunlin_connections", "Open connections.").set(2);
  m.make_counter("dunlin_refusals_total", "Refused entries.", "reason=\"stale\"").add();
  EXPECT_EQ(m.expose(),
            "# HELP dunlin_connections Open connections.\n# TYPE dunlin_connections gauge\ndunlin_connections 2\n"
            "# HELP dunlin_refusals_total Refused entries.\n# TYPE dunlin_refusals_total counter\n"
            "dunlin_refusals_total{reason=\"busy\"} 3\ndunlin_refusals_total{reason=\"stale\"} 1\n");
}

TEST(Metrics, AHistogramsBucketsAreCumulativeAndInSeconds) {
  metrics m;
  auto& h = m.make_histogram("dunlin_sync_seconds", "Syncs.");
  h.observe_us(10);
  h.observe_us(20);
  h.observe_us(100'000'000);
  const auto text = m.expose();
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_bucket{le=\"1.6e-05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_bucket{le=\"3.2e-05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_count 3\n"));
}

}  // namespace
}  // namespace dunlin
