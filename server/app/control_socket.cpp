#include "app/control_socket.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>
#include <unistd.h>

namespace dunlin::app {

namespace {

constexpr int backlog = 64;

// The address of the socket, valid while the object lives.
class socket_address {
 public:
  explicit socket_address(const std::string& data) {
    path_ = data + "/" + control_socket_name;
    if (path_.size() >= sizeof address_.sun_path) {
      directory_ = ::open(data.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
      path_ = "/proc/self/fd/" + std::to_string(directory_) + "/" + control_socket_name;
    }
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, path_.c_str(), path_.size() + 1);
  }
  socket_address(const socket_address&) = delete;
  socket_address& operator=(const socket_address&) = delete;
  ~socket_address() {
    if (directory_ >= 0) ::close(directory_);
  }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  [[nodiscard]] const char* path() const { return path_.c_str(); }

 private:
  int directory_ = -1;
  std::string path_;
  sockaddr_un address_{};
};

socket_error failed(const std::string& doing, int error) {
  return {exit_code::failed, doing + ": " + std::strerror(error)};
}

}  // namespace

socket_result<int> listen_control(const std::string& data) {
  const socket_address address(data);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return failed("the control socket cannot be made", errno);
  ::unlink(address.path());
  // The file that bind makes takes the socket's mode, so there is no moment at which others could connect.
  const bool bound =
      ::fchmod(fd, 0600) == 0 && ::bind(fd, address.get(), sizeof(sockaddr_un)) == 0 && ::listen(fd, backlog) == 0;
  if (bound) return fd;
  auto error = failed("the control socket cannot be made at " + data + "/" + control_socket_name, errno);
  ::close(fd);
  return error;
}

socket_result<int> connect_control(const std::string& data) {
  const socket_address address(data);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed("the control socket cannot be made", errno);
  if (::connect(fd, address.get(), sizeof(sockaddr_un)) == 0) return fd;
  const int error = errno;
  ::close(fd);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
      return socket_error{exit_code::unreachable,
                          "no server is running on " + data + ": start it with `dunlin serve --data " + data + "`"};
    case EACCES:
    case EPERM:
      return socket_error{exit_code::unreachable, "you may not use the server on " + data +
                                                      ": run the command as the user who runs the server"};
    default:
      return socket_error{exit_code::unreachable,
                          "the server on " + data + " cannot be reached: " + std::strerror(error)};
  }
}

void remove_control(const std::string& data) { ::unlink(socket_address(data).path()); }

}  // namespace dunlin::app
