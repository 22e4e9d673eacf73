#include "app/serve.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <future>
#include <iostream>
#include <sys/resource.h>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "accounts/service.hpp"
#include "accounts/sqlite_tables.hpp"
#include "accounts/store_thread.hpp"
#include "app/control_requests.hpp"
#include "app/control_server.hpp"
#include "app/control_socket.hpp"
#include "app/logins.hpp"
#include "app/mqtt_front.hpp"
#include "app/process_metrics.hpp"
#include "app/shards.hpp"
#include "app/version.hpp"
#include "app/web_options.hpp"
#include "app/welcome.hpp"
#include "base/log.hpp"
#include "http/server.hpp"

namespace dunlin::app {

namespace {

exit_code code_of(const std::error_code& why) {
  if (why == store::errc::locked || why == store::errc::newer || why == store::errc::older ||
      why == store::errc::corrupt)
    return exit_code::data;
  if (why == accounts::errc::newer || why == accounts::errc::corrupt) return exit_code::data;
  return exit_code::failed;
}

exit_code fail(exit_code code, const std::string& text) {
  log_stop();
  std::cerr << "dunlin: " << text << '\n';
  return code;
}

std::string advice(const std::error_code& why, const std::string& data) {
  if (why == store::errc::locked) return data + " is in use by another server: stop that one, or give --data";
  if (why == store::errc::newer || why == accounts::errc::newer) {
    return data + " was written by a newer version of Dunlin: run that version, or give another --data";
  }
  if (why == store::errc::corrupt || why == accounts::errc::corrupt) {
    return data + " is damaged (the log says where): restore it from a backup";
  }
  if (why == store::errc::no_space || why == accounts::errc::no_space) {
    return "the disk of " + data + " is full: make some room, a start needs a little";
  }
  return data + " cannot be used: " + why.message();
}

log_level level_of(const std::string& text) {
  if (text == "debug") return log_level::debug;
  if (text == "warn") return log_level::warn;
  if (text == "error") return log_level::error;
  return text == "off" ? log_level::off : log_level::info;
}

// As many descriptors as the system lets us have: each connection needs one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Written aside and renamed, so that who waits for it never reads half of it.
bool write_ready_file(const std::string& path, const std::string& mqtt, const std::string& http) {
  const std::string text = boost::json::serialize(boost::json::object{{"mqtt", mqtt}, {"http", http}}) + "\n";
  const std::string aside = path + ".new";
  const int fd = open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return written && std::rename(aside.c_str(), path.c_str()) == 0;
}

// The parts of a running server, in the order in which they are made; they end in the other.
class running_server {
 public:
  explicit running_server(config values) : values_(std::move(values)) {}

  exit_code run(const std::string& ready_file);

 private:
  exit_code open();
  exit_code listen();
  void start_control_plane();
  exit_code load_app();
  void welcome();
  void wait_for_signal();
  void stop();
  std::string facts() const;
  http::readiness state() const;

  config values_;
  system_clock clock_;
  system_random random_;
  metrics counted_;
  std::unique_ptr<store::posix_disk> disk_;
  logins logins_;
  std::unique_ptr<shards> shards_;
  std::unique_ptr<accounts::sqlite_tables> tables_;
  std::unique_ptr<accounts::store_thread> store_thread_;
  std::unique_ptr<accounts::service> accounts_;
  std::unique_ptr<accounts::sign_ups> people_;
  std::unique_ptr<accounts::profiles> shown_;
  std::unique_ptr<accounts::linking> links_;
  std::unique_ptr<mqtt_front> mqtt_;
  boost::asio::io_context control_{1};
  std::shared_ptr<const http::web_files> files_;
  std::unique_ptr<http::services> services_;
  std::unique_ptr<http::server> http_;
  std::unique_ptr<control_backend> backend_;
  std::unique_ptr<control_server> socket_;
  std::thread control_thread_;
  boost::asio::io_context waiting_{1};
  boost::asio::signal_set signals_{waiting_};
  std::atomic<bool> draining_{false};
  std::atomic<bool> ready_{false};
};

http::readiness running_server::state() const {
  if (draining_) return http::readiness::draining;
  if (!ready_) return http::readiness::starting;
  return shards_->is_full() ? http::readiness::degraded : http::readiness::ready;
}

std::string running_server::facts() const {
  return boost::json::serialize(boost::json::object{{"version", version},
                                                    {"data", values_.data},
                                                    {"data_id", to_text(shards_->id())},
                                                    {"mqtt", mqtt_->address()},
                                                    {"http", http_->address()},
                                                    {"shards", shards_->count()},
                                                    {"disk_full", shards_->is_full()}});
}

exit_code running_server::open() {
  auto disk = store::posix_disk::open_directory(values_.data);
  if (!disk) return fail(code_of(disk.error()), advice(disk.error(), values_.data));
  disk_ = std::move(*disk);
  const auto began = clock_.now().mono;
  auto made = shards::open(*disk_, {.values = values_,
                                    .time = clock_,
                                    .random = random_,
                                    .counted = counted_,
                                    .logins = logins_,
                                    .failed = [](std::string_view what) {
                                      // L3: nothing is repaired in memory.
                                      log_error("the log cannot be written; the server ends", {{"why", what}});
                                      log_stop();
                                      std::_Exit(static_cast<int>(exit_code::failed));
                                    }});
  if (!made) return fail(code_of(made.error()), advice(made.error(), values_.data));
  shards_ = std::move(*made);
  auto tables = accounts::sqlite_tables::open(values_.data + "/accounts.db", random_);
  if (!tables) return fail(code_of(tables.error()), advice(tables.error(), values_.data));
  tables_ = std::move(*tables);
  log_info("the data are open", {{"data", values_.data}, {"took_ms", clock_.now().mono - began}});
  return exit_code::ok;
}

exit_code running_server::listen() {
  store_thread_ = std::make_unique<accounts::store_thread>();
  accounts_ = std::make_unique<accounts::service>(tables_->tables(), shards_->door(), *store_thread_, clock_, random_,
                                                  counted_);
  people_ = std::make_unique<accounts::sign_ups>(*accounts_, signup_of(values_), counted_);
  shown_ = std::make_unique<accounts::profiles>(*accounts_, directory_of(values_));
  links_ = std::make_unique<accounts::linking>(*accounts_, counted_);
  show_process(counted_);
  show_accounts(counted_, *store_thread_);
  logins_.use(*accounts_, *shards_, web_options(values_).limits[static_cast<std::size_t>(http::limit::sign_ins)],
              clock_);
  mqtt_ = std::make_unique<mqtt_front>(*shards_, values_, counted_);
  if (auto bound = mqtt_->listen(values_.mqtt); !bound) {
    return fail(exit_code::address, values_.mqtt + " cannot be listened on: " + bound.error().message() +
                                        " (choose another with --mqtt HOST:PORT)");
  }
  services_ = std::make_unique<http::services>(
      http::services{.accounts = *accounts_,
                     .people = *people_,
                     .shown = *shown_,
                     .links = *links_,
                     .streams = shards_->door(),
                     .counted = counted_,
                     .time = clock_,
                     .state = [this] { return state(); },
                     .websocket = [this](http::upgraded u) { mqtt_->take_websocket(std::move(u)); },
                     .data = to_bytes(shards_->id()),
                     .about = self_of(values_),
                     .files = files_});
  http_ = std::make_unique<http::server>(control_, web_options(values_), *services_);
  if (auto bound = http_->listen(); !bound) {
    return fail(exit_code::address, values_.http + " cannot be listened on: " + bound.error().message() +
                                        " (choose another with --http HOST:PORT)");
  }
  auto socket = listen_control(values_.data);
  if (!socket) return fail(socket.error().code, socket.error().text);
  backend_ = std::make_unique<control_backend>(control_backend{*accounts_, *people_, shards_->door(), random_, clock_,
                                                               [this] { return facts(); },
                                                               [this] { return url_of(values_, http_->address()); }});
  socket_ = std::make_unique<control_server>(control_, *socket, *backend_);
  return exit_code::ok;
}

exit_code running_server::load_app() {
  const auto root = web_root_of(values_);
  if (root.empty()) {
    log_info("there are no files of the app; web.root names them");
    return exit_code::ok;
  }
  auto files = http::web_files::load(root);
  if (!files) return fail(exit_code::usage, "web.root: " + files.error().text);
  log_info("the app is served", {{"root", root}, {"files", (*files)->size()}});
  files_ = std::move(*files);
  return exit_code::ok;
}

void running_server::welcome() {
  const auto url = url_of(values_, http_->address());
  const auto code = first_invite(*people_);
  print_welcome(values_, {mqtt_->address(), http_->address(), files_ ? url : std::string(),
                          code.empty() ? std::string() : invite_link(url, code)});
}

void running_server::start_control_plane() {
  shards_->start();
  accounts_->start();
  http_->start();
  socket_->start();
}

void running_server::stop() {
  const auto began = clock_.now().mono;
  log_info("stopping");
  draining_ = true;
  std::promise<void> closed;
  boost::asio::post(control_, [&] {
    http_->stop();
    socket_->stop();
    closed.set_value();
  });
  closed.get_future().wait();
  links_->stop();
  remove_control(values_.data);
  mqtt_->drain(std::chrono::milliseconds(2000));
  accounts_->stop();
  shards_->stop();
  store_thread_->stop();
  control_.stop();
  control_thread_.join();
  log_info("stopped", {{"took_ms", clock_.now().mono - began}});
}

void running_server::wait_for_signal() {
  std::thread stopping;
  signals_.async_wait([this, &stopping](const auto&, int) {
    // A second signal ends the process at once; what was acknowledged is on disk.
    signals_.async_wait([](const auto&, int) { std::_Exit(128 + SIGTERM); });
    stopping = std::thread([this] {
      stop();
      waiting_.stop();
    });
  });
  waiting_.run();
  stopping.join();
}

exit_code running_server::run(const std::string& ready_file) {
  if (const auto code = load_app(); code != exit_code::ok) return code;
  if (const auto code = open(); code != exit_code::ok) return code;
  if (const auto code = listen(); code != exit_code::ok) {
    if (store_thread_) store_thread_->stop();
    return code;
  }
  // Until here a signal ends the process, which has acknowledged nothing; from here on it drains.
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  start_control_plane();
  control_thread_ = std::thread([this] { control_.run(); });
  ready_ = true;
  log_info("ready", {{"mqtt", mqtt_->address()}, {"http", http_->address()}, {"shards", shards_->count()}});
  welcome();
  if (!ready_file.empty() && !write_ready_file(ready_file, mqtt_->address(), http_->address())) {
    log_error("the ready file cannot be written", {{"path", ready_file}});
  }
  wait_for_signal();
  return exit_code::ok;
}

}  // namespace

exit_code serve(const serve_command& what) {
  auto values = read(what.from);
  if (!values) {
    std::cerr << "dunlin: " << values.error().text << '\n';
    return exit_code::usage;
  }
  log_start(level_of(values->logging_level), values->logging_format == "json");
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const exit_code code = running_server(*values).run(what.ready_file);
  log_stop();
  return code;
}

}  // namespace dunlin::app
