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
  h.observe_us(100'000'000, 2);
  const auto text = m.expose();
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_bucket{le=\"1.6e-05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_bucket{le=\"2.4e-05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_bucket{le=\"8.388608\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_count 4\n"));
}

TEST(Metrics, WhatIsCountedElsewhereHasTheTypeThatItHas) {
  metrics m;
  counter rounds;
  gauge waiting;
  histogram syncs;
  m.show("dunlin_rounds_total", "Rounds.", rounds);
  m.show("dunlin_waiting", "Waiting.", waiting);
  m.show("dunlin_sync_seconds", "Syncs.", syncs);
  m.make_callback("dunlin_lines_total", "Lines.", "", [] { return 7; });
  m.make_callback("dunlin_room_bytes", "Room.", "", [] { return 8; });
  rounds.add(3);
  waiting.set(2);
  syncs.observe_us(10);
  const auto text = m.expose();
  EXPECT_THAT(text, HasSubstr("# TYPE dunlin_rounds_total counter\ndunlin_rounds_total 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE dunlin_waiting gauge\ndunlin_waiting 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE dunlin_sync_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("dunlin_sync_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE dunlin_lines_total counter\ndunlin_lines_total 7\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE dunlin_room_bytes gauge\ndunlin_room_bytes 8\n"));
}

TEST(MetricsDeathTest, ANameThatPrometheusWouldReadWronglyIsAMistakeOfTheProgram) {
  metrics m;
  m.make_counter("dunlin_refusals_total", "Refused entries.", "reason=\"busy\"");
  EXPECT_DEATH(m.make_counter("dunlin_refusals", "Refused entries."), "");
  EXPECT_DEATH(m.make_gauge("dunlin_open_total", "Open connections."), "");
  EXPECT_DEATH(m.make_counter("dunlin_refusals_total", "Something else.", "reason=\"full\""), "");
  EXPECT_DEATH(m.make_counter("dunlin_refusals_total", "Refused entries.", "reason=\"busy\""), "");
}

}  // namespace
}  // namespace dunlin
