#include <iostream>

#include <unistd.h>

#include "app/client_commands.hpp"
#include "app/command_line.hpp"
#include "app/serve.hpp"

int main(int argc, char** argv) {
  using namespace dunlin::app;
  const auto chosen = parse({argv + 1, argv + argc});
  if (const auto* done = std::get_if<finished>(&chosen)) {
    (done->code == exit_code::ok ? std::cout : std::cerr) << done->text;
    return static_cast<int>(done->code);
  }
  if (const auto* run = std::get_if<serve_command>(&chosen)) return static_cast<int>(serve(*run));
  if (const auto* show = std::get_if<config_command>(&chosen)) {
    const auto values = read(show->from);
    if (!values) {
      std::cerr << "dunlin: " << values.error().text << '\n';
      return static_cast<int>(exit_code::usage);
    }
    std::cout << (show->json ? to_json(*values) : to_toml(*values));
    return 0;
  }
  const auto code = run_client(std::get<client_command>(chosen), std::cout, std::cerr, isatty(STDERR_FILENO) != 0);
  return static_cast<int>(code);
}
