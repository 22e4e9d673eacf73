// The Unix socket through which the command line reaches a running server: `control.sock` in the data directory, mode
// 0600, so that who may use it is who owns the data.
//
// A path longer than the 107 bytes that a Unix socket's address takes is reached through /proc/self/fd, so the length
// of the data directory's name does not matter.
#pragma once

#include <string>

#include "app/command_line.hpp"

namespace dunlin::app {

inline constexpr const char* control_socket_name = "control.sock";

// Why a socket could not be had, and what to do.
struct socket_error {
  exit_code code = exit_code::failed;
  std::string text;
};
template <class T>
using socket_result = boost::system::result<T, socket_error>;

// A listening socket. REQUIRES: the caller holds the lock of the data directory, so that a socket that lies there
// already is stale and is replaced.
socket_result<int> listen_control(const std::string& data);
// A connected, blocking socket.
socket_result<int> connect_control(const std::string& data);
void remove_control(const std::string& data);

}  // namespace dunlin::app
