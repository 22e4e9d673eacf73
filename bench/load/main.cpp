// bench_load: one scenario against one server, one line of JSON on standard output. bench/run strings them together.

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "bench/load/idle.hpp"
#include "bench/load/offline.hpp"
#include "bench/load/traffic.hpp"

namespace dunlin::bench {
namespace {

struct common {
  std::string server = "dunlin";
  std::string endpoint;
  std::string devices;
  std::string conversations;
  int version = 5;
  bool persistent = false;
  unsigned session_expiry_s = 3600;
  unsigned receive_maximum = 0;
  bool no_details = false;
  bool spread = false;
  std::size_t opening = 64;
  int pid = 0;
};

void add_common(CLI::App& app, common& o) {
  app.add_option("--server", o.server)->check(CLI::IsMember({"dunlin", "broker"}))->required();
  app.add_option("--endpoint", o.endpoint, "127.0.0.1:PORT or ws://127.0.0.1:PORT/mqtt; loopback only")->required();
  app.add_option("--devices", o.devices, "file of logins, as dunlin device mint writes it")->required();
  app.add_option("--conversations", o.conversations, "file of conversations and their members");
  app.add_option("--version", o.version, "of MQTT: 4 (3.1.1) or 5")->check(CLI::IsMember({4, 5}));
  app.add_flag("--persistent", o.persistent, "sessions outlive their connections");
  app.add_option("--receive-maximum", o.receive_maximum)->check(CLI::Range(0, 65535));
  app.add_flag("--no-details", o.no_details, "5.0: the client wants no properties in PUBACK");
  app.add_flag("--spread", o.spread, "connect from several loopback addresses");
  app.add_option("--opening", o.opening, "connections being opened at a time")->check(CLI::Range(1, 2000));
  app.add_option("--pid", o.pid, "process id of the server");
}

group_options connections_of(const common& o) {
  group_options out;
  out.how.version = o.version == 4 ? mqtt::protocol_version::v3_1_1 : mqtt::protocol_version::v5;
  out.how.clean_start = !o.persistent;
  out.how.session_expiry_s = o.persistent ? o.session_expiry_s : 0;
  out.how.receive_maximum = static_cast<std::uint16_t>(o.receive_maximum);
  out.how.problem_information = !o.no_details;
  out.opening = o.opening;
  out.spread_sources = o.spread;
  return out;
}

struct scenarios {
  traffic_options traffic;
  idle_options idle;
  offline_options offline;
};

void add_traffic(CLI::App& app, traffic_options& o) {
  app.add_option("--window", o.window, "messages under way per sender");
  app.add_option("--rate", o.rate, "messages/s of all senders, instead of windows");
  app.add_option("--body", o.body_size, "bytes");
  app.add_option("--seconds", o.seconds, "measured");
  app.add_option("--warm-up", o.warm_up, "seconds before");
  app.add_option("--threads", o.threads);
  app.add_flag("--senders-subscribe", o.senders_subscribe, "to all of theirs");
  app.add_option("--messages", o.messages, "stop after that many");
  app.add_flag("--step-by-step", o.step_by_step, "wait for a line of input when connected, and when all is delivered");
  app.add_option("--stopped-reader", o.stopped_reader, "device whose deliveries do not count");
  app.add_flag("--stopped-connects", o.stopped_connects, "it subscribes and then reads no more; else it stays away");
}

void add_offline(CLI::App& app, offline_options& o) {
  app.add_option("--messages", o.messages, "for each device that is away")->check(CLI::Range(1, 1000));
  app.add_option("--window", o.window, "messages under way per sender")->check(CLI::Range(1, 256));
  app.add_option("--zipf-total", o.zipf_total, "offline-publish: so many, to conversations drawn by Zipf's law")
      ->check(CLI::Range(0, 100'000'000));
  app.add_option("--body", o.body_size, "bytes")->check(CLI::Range(24, 65536));
}

bool run(const CLI::App& app, const world& w, const scenarios& s, report& out) {
  if (app.got_subcommand("traffic")) return run_traffic(w, s.traffic, out);
  if (app.got_subcommand("idle")) return run_idle(w, s.idle, out);
  if (app.got_subcommand("offline-subscribe")) return run_offline_subscribe(w, s.offline, out);
  if (app.got_subcommand("offline-publish")) return run_offline_publish(w, s.offline, out);
  return run_offline_drain(w, s.offline, out);
}

int main(int argc, char** argv) {
  CLI::App app("Load for an MQTT server on this machine", "bench_load");
  app.require_subcommand(1);
  common o;
  scenarios s;
  for (const char* name : {"traffic", "idle", "offline-subscribe", "offline-publish", "offline-drain"}) {
    CLI::App& sub = *app.add_subcommand(name);
    add_common(sub, o);
    if (std::string_view(name) == "traffic") {
      add_traffic(sub, s.traffic);
    } else if (std::string_view(name) == "idle") {
      sub.add_option("--settle", s.idle.settle, "seconds before memory is taken")->check(CLI::Range(0, 60));
      sub.add_option("--hold", s.idle.hold, "seconds that they stay afterwards")->check(CLI::Range(0, 600));
    } else {
      add_offline(sub, s.offline);
    }
  }
  CLI11_PARSE(app, argc, argv);
  const auto fail = [](const std::string& text) {
    std::fprintf(stderr, "bench_load: %s\n", text.c_str());
    return 2;
  };
  if (const std::string wrong = check(s.traffic); !wrong.empty()) return fail(wrong);
  const auto where = parse_endpoint(o.endpoint);
  if (!where) return fail("--endpoint must be 127.0.0.1:PORT or ws://127.0.0.1:PORT/PATH");
  const auto kind = o.server == "dunlin" ? server_kind::dunlin : server_kind::broker;
  auto w = read_world(kind, *where, o.devices, o.conversations);
  if (!w) return fail(w.error().text);
  s.traffic.connections = s.idle.connections = s.offline.connections = connections_of(o);
  s.traffic.server = s.idle.server = o.pid;
  w->same_filters = app.got_subcommand("idle");
  report out;
  out.text("server", o.server).text("scenario", app.get_subcommands().front()->get_name());
  const bool good = run(app, *w, s, out);
  std::printf("%s\n", out.line().c_str());
  return good ? 0 : 1;
}

}  // namespace
}  // namespace dunlin::bench

int main(int argc, char** argv) {
  try {
    return dunlin::bench::main(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_load: %s\n", e.what());
    return 2;
  }
}
