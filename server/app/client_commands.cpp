#include "app/client_commands.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <ostream>
#include <sys/socket.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "app/control_socket.hpp"

namespace dunlin::app {

namespace json = boost::json;

namespace {

constexpr int silence_seconds = 60;

class line_socket {
 public:
  explicit line_socket(int fd) : fd_(fd) {
    const timeval limit{silence_seconds, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  line_socket(const line_socket&) = delete;
  line_socket& operator=(const line_socket&) = delete;
  ~line_socket() { ::close(fd_); }

  bool send(std::string line) {
    line += '\n';
    for (std::size_t sent = 0; sent < line.size();) {
      const auto n = ::send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent += static_cast<std::size_t>(n);
    }
    return true;
  }
  // Nothing: the server went away or was silent for too long.
  std::optional<std::string> receive() {
    while (true) {
      if (const auto end = held_.find('\n'); end != std::string::npos) {
        auto line = held_.substr(0, end);
        held_.erase(0, end + 1);
        return line;
      }
      char chunk[16 * 1024];
      const auto n = held_.size() > max_reply_line ? 0 : ::recv(fd_, chunk, sizeof chunk, 0);
      if (n <= 0) return std::nullopt;
      held_.append(chunk, static_cast<std::size_t>(n));
    }
  }

 private:
  int fd_;
  std::string held_;
};

class session {
 public:
  session(const client_command& what, std::ostream& out, std::ostream& err, bool interactive)
      : what_(what), out_(out), err_(err), interactive_(interactive && !what.json) {}

  exit_code run() {
    if (!open_file()) return fail(exit_code::failed, "cannot_write", what_.out + ": " + std::strerror(errno));
    const auto fd = connect_control(what_.data);
    if (!fd) return fail(fd.error().code, "unreachable", fd.error().text);
    line_socket server(*fd);
    if (!server.send(to_line(what_.what))) return lost();
    while (const auto line = server.receive()) {
      boost::system::error_code error;
      const auto reply = json::parse(*line, error);
      if (error || !reply.is_object()) return fail(exit_code::failed, "protocol", "the server's answer makes no sense");
      if (const auto code = take(reply.get_object())) return *code;
    }
    return lost();
  }

 private:
  bool open_file() {
    if (what_.out.empty() || what_.out == "-") return true;
    const int fd = ::open(what_.out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    // Tokens: also in a file that was there before, nobody else may read them.
    const bool fine = ::fchmod(fd, 0600) == 0 && ::ftruncate(fd, 0) == 0;
    ::close(fd);
    if (!fine) return false;
    file_.open(what_.out, std::ios::app | std::ios::binary);
    return file_.is_open();
  }

  // The end's exit code, or nothing if more lines come.
  std::optional<exit_code> take(const json::object& reply) {
    if (const auto* progress = reply.if_contains("progress")) {
      if (interactive_) {
        const auto& p = progress->as_object();
        err_ << "\r" << json::serialize(p.at("done")) << " of " << json::serialize(p.at("of")) << std::flush;
        dirty_ = true;
      }
      return std::nullopt;
    }
    if (const auto* item = reply.if_contains("item")) {
      (file_.is_open() ? static_cast<std::ostream&>(file_) : out_) << json::serialize(*item) << '\n';
      return std::nullopt;
    }
    if (dirty_) err_ << '\n';
    if (const auto* error = reply.if_contains("error")) {
      const auto& e = error->as_object();
      const auto* code = e.if_contains("code");
      const auto* text = e.if_contains("text");
      return fail(exit_code::failed, code != nullptr ? std::string(code->as_string()) : "failed",
                  text != nullptr ? std::string(text->as_string()) : "the server gave no reason");
    }
    const auto* done = reply.if_contains("ok");
    if (done == nullptr || !done->is_object()) {
      return fail(exit_code::failed, "protocol", "the server's answer makes no sense");
    }
    return finish(done->as_object());
  }

  exit_code finish(json::object done) {
    const auto* flag = done.if_contains("untold");
    const bool untold = flag != nullptr && flag->is_bool() && flag->as_bool();
    done.erase("untold");
    if (file_.is_open()) {
      file_.flush();
      if (!file_) return fail(exit_code::failed, "cannot_write", what_.out + " could not be written");
      file_.close();
    }
    print(done);
    out_.flush();
    if (!out_) return exit_code::failed;
    if (!untold) return exit_code::ok;
    return fail(exit_code::untold, "untold",
                "saved for good, but its stream has not learned of it yet; that happens by itself (is the disk full?)");
  }

  void print(const json::object& done) {
    if (std::holds_alternative<status_query>(what_.what) && !what_.json) return print_status(done);
    if (std::holds_alternative<device_mint>(what_.what) && !what_.json) {
      if (what_.out != "-") out_ << json::serialize(done.at("count")) << " devices written to " << what_.out << '\n';
      return;
    }
    if (std::holds_alternative<invite_add>(what_.what) && !what_.json) {
      out_ << std::string(done.at("link").as_string()) << '\n';
      return;
    }
    // Its lines were all there is to print.
    if (what_.out == "-" || std::holds_alternative<invite_list>(what_.what)) return;
    out_ << json::serialize(done) << '\n';
  }

  void print_status(const json::object& done) {
    for (const auto& [key, value] : done) {
      if (key == "shards" && value.is_array()) {
        int i = 0;
        for (const auto& shard : value.as_array()) {
          out_ << "shard " << i++ << ":";
          for (const auto& [name, n] : shard.as_object()) out_ << ' ' << json::serialize(n) << ' ' << std::string(name);
          out_ << '\n';
        }
        continue;
      }
      out_ << std::string(key) << ": " << (value.is_string() ? std::string(value.as_string()) : json::serialize(value))
           << '\n';
    }
  }

  exit_code lost() {
    return fail(exit_code::unreachable, "lost", "the server on " + what_.data + " went away before it answered");
  }

  exit_code fail(exit_code code, const std::string& word, const std::string& text) {
    if (what_.json) {
      err_ << json::serialize(json::object{{"error", {{"code", word}, {"text", text}}}}) << '\n';
    } else {
      err_ << "dunlin: " << text << '\n';
    }
    return code;
  }

  const client_command& what_;
  std::ostream& out_;
  std::ostream& err_;
  bool interactive_;
  bool dirty_ = false;
  std::ofstream file_;
};

}  // namespace

exit_code run_client(const client_command& what, std::ostream& out, std::ostream& err, bool interactive) {
  return session(what, out, err, interactive).run();
}

}  // namespace dunlin::app
