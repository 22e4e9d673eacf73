#include "app/command_line.hpp"

#include <algorithm>
#include <sstream>

#include <CLI/CLI.hpp>

#include "accounts/sign_ups.hpp"
#include "app/values.hpp"
#include "app/version.hpp"

namespace dunlin::app {

namespace {

constexpr const char* exit_codes = R"(
Exit codes:
  0  done
  1  the server refused, or something broke; the reason is on standard error
  2  wrong flags, or a wrong configuration
  3  no server is running on the data directory
  4  the data directory cannot be used: in use, damaged, or of a newer version
  5  an address to listen on is in use or not this machine's
  6  saved for good, but the streams have not learned of it yet; that happens by itself)";

// Everything that flags are read into; parse() makes the command of it.
struct flags {
  std::string file;
  std::string data;
  std::string mqtt;
  std::string http;
  std::string ready_file;
  std::vector<std::string> sets;
  bool json = false;

  std::string subject;
  std::string name;
  std::string keep = "forever";
  std::vector<std::string> members;
  std::string role;
  bool open = false;
  std::uint64_t count = 0;
  std::uint64_t uses = 1;
  std::string expires = "7 d";
  std::string from;
  std::string prefix;
  std::string out;
};

void add_config_flags(CLI::App& command, flags& f) {
  command.add_option("--config", f.file, "TOML file of settings (dunlin config prints one)")->type_name("FILE");
  command.add_option("--set", f.sets, "any setting, over the file: --set limits.max_body=\"64 KiB\"")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_client_flags(CLI::App& command, flags& f) {
  command.add_option("--data", f.data, "data directory of the running server [./data]")->type_name("DIR");
  command.add_flag("--json", f.json, "write errors as JSON too, and nothing that is meant for people");
}

void add_serve(CLI::App& app, flags& f) {
  auto& serve = *app.add_subcommand("serve", "Run the server until SIGTERM or Ctrl-C");
  add_config_flags(serve, f);
  serve.add_option("--data", f.data, "data directory, made if there is none [./data]")->type_name("DIR");
  serve.add_option("--mqtt", f.mqtt, "address for MQTT; port 0 picks a free one [127.0.0.1:1883]")
      ->type_name("HOST:PORT");
  serve.add_option("--http", f.http, "address for HTTP and for WebSocket at /mqtt [127.0.0.1:8080]")
      ->type_name("HOST:PORT");
  serve
      .add_option("--ready-file", f.ready_file,
                  "written when the server is ready: {\"mqtt\":\"HOST:PORT\",\"http\":\"HOST:PORT\"}")
      ->type_name("FILE");
  serve.footer(R"(
Examples:
  dunlin serve
  dunlin serve --data /var/lib/dunlin --config /etc/dunlin.toml
  dunlin serve --mqtt 0.0.0.0:1883 --set limits.max_body="64 KiB")");
}

void add_account(CLI::App& app, flags& f) {
  auto& account = *app.add_subcommand("account", "Accounts")->require_subcommand(1);
  auto& add = *account.add_subcommand("add", "Make an account and its first device");
  add.add_option("handle", f.subject, "2 to 32 of a-z 0-9 . _ -, the first a letter or digit")
      ->required()
      ->type_name("");
  add.add_option("--device-name", f.name, "what the device is called")->type_name("NAME");
  add_client_flags(add, f);
  add.footer(R"(
Prints {"account":…,"handle":…,"device":…,"token":…}. The token is the device's password and is not kept: it cannot be
shown again.

Examples:
  dunlin account add ada
  dunlin account add ada --json | jq -r .token)");

  auto& remove = *account.add_subcommand("remove", "Delete an account for good");
  remove.add_option("user", f.subject, "handle or id of the account")->required()->type_name("");
  add_client_flags(remove, f);
  remove.footer(R"(
Its devices' tokens are worthless at once, its connections are closed, and it leaves all its conversations; what it
wrote stays there. Its handle stays taken. When this is answered all of that is done; again, it does nothing.

Example:
  dunlin account remove ada)");
}

void add_device(CLI::App& app, flags& f) {
  auto& device = *app.add_subcommand("device", "Devices and their tokens")->require_subcommand(1);
  auto& add = *device.add_subcommand("add", "Link another device to an account");
  add.add_option("user", f.subject, "handle or id of the account")->required()->type_name("");
  add.add_option("--device-name", f.name, "what the device is called")->type_name("NAME");
  add_client_flags(add, f);
  add.footer("\nExample:\n  dunlin device add ada --device-name tablet");

  auto& mint = *device.add_subcommand("mint", "Make many accounts with one device each, for things and load tests");
  mint.add_option("--count", f.count, "how many")->required()->type_name("N");
  mint.add_option("--prefix", f.prefix, "their handles are P1 to PN")->required()->type_name("P");
  mint.add_option("--out", f.out, "file for one line each, made with mode 0600; - is standard output")
      ->required()
      ->type_name("FILE");
  add_client_flags(mint, f);
  mint.footer(R"(
A line is {"account":…,"handle":…,"device":…,"token":…}.

Example:
  dunlin device mint --count 100 --prefix sensor --out sensors.jsonl)");

  auto& revoke = *device.add_subcommand("revoke", "Make a device's token worthless and close its connections");
  revoke.add_option("device", f.subject, "id of the device")->required()->type_name("");
  add_client_flags(revoke, f);
  revoke.footer("\nExample:\n  dunlin device revoke mfrggzdfmztwq2lknnwg23tpoa");
}

void add_members(CLI::App& conversation, flags& f) {
  auto& members = *conversation.add_subcommand("members", "Change who is in a conversation")->require_subcommand(1);
  for (const auto& [name, meaning] :
       {std::pair{"add", "Add members to a conversation"}, std::pair{"remove", "Remove members from a conversation"}}) {
    auto& change = *members.add_subcommand(name, meaning);
    change.add_option("conversation", f.subject, "id of the conversation")->required()->type_name("");
    change.add_option("--members", f.members, "handles or ids, separated by commas")
        ->required()
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("A,B");
    add_client_flags(change, f);
    change.footer("\nExample:\n  dunlin conversation members " + std::string(name) +
                  " mfrggzdfmztwq2lknnwg23tpoa --members carla");
  }
  auto& give = *members.add_subcommand("role", "Give members another role");
  give.add_option("conversation", f.subject, "id of the conversation")->required()->type_name("");
  give.add_option("--members", f.members, "handles or ids, separated by commas")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("A,B");
  give.add_option("--role", f.role, "member, admin (adds and removes members) or owner (gives roles, too)")
      ->required()
      ->check(CLI::IsMember({"member", "admin", "owner"}))
      ->type_name("");
  add_client_flags(give, f);
  give.footer(R"(
A group always has an owner: when the last one leaves, the eldest admin takes over, else the eldest member.

Example:
  dunlin conversation members role mfrggzdfmztwq2lknnwg23tpoa --members carla --role admin)");
}

void add_conversation(CLI::App& app, flags& f) {
  auto& conversation = *app.add_subcommand("conversation", "Conversations and their members")->require_subcommand(1);
  auto& add = *conversation.add_subcommand("add", "Make a conversation");
  add.add_option("--members", f.members, "handles or ids, separated by commas; the first is the owner")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("A,B,C");
  add.add_option("--name", f.name, "what it is called")->type_name("NAME");
  add.add_flag("--open", f.open, "plain text at c/ID/text, for stock MQTT clients, bots and things");
  add.add_option("--keep", f.keep, "how long records are kept [forever]")
      ->check(CLI::IsMember({"forever", "until-delivered"}))
      ->type_name("");
  add_client_flags(add, f);
  add.footer(R"(
Prints {"conversation":…}. Two members without --name and --open have one direct conversation: asking again gives the
same.

Examples:
  dunlin conversation add --members ada,ben
  dunlin conversation add --members ada,ben,carla --name Family
  dunlin conversation add --members ada,ben --open)");
  add_members(conversation, f);
}

void add_invite(CLI::App& app, flags& f) {
  auto& invite = *app.add_subcommand("invite", "Invites, with which people sign up")->require_subcommand(1);
  auto& add = *invite.add_subcommand("add", "Make an invite and print its link");
  add.add_option("--uses", f.uses, "how many may sign up with it [1]")
      ->check(CLI::Range(std::uint64_t{1}, accounts::sign_ups::max_uses))
      ->type_name("N");
  add.add_option("--expires", f.expires, "how long it is good (s, min, h, d); 0: for ever [7 d]")
      ->check([](const std::string& text) { return parse_time(text) ? "" : "must be a time such as 7d or 12h"; })
      ->type_name("TIME");
  add.add_option("--from", f.from, "handle or id of who invites [the operator]")->type_name("USER");
  add_client_flags(add, f);
  add.footer(R"(
Prints the link; with --json {"code":…,"link":…,"uses":…,"expires":…} (ms since 1970 UTC; 0: never). Who opens it signs
up by themselves. The link begins with web.url, or with the server's HTTP address if that is not set.

Examples:
  dunlin invite add
  dunlin invite add --uses 30 --expires 2d --from ada)");

  auto& list = *invite.add_subcommand("list", "Print all invites, the latest first, one a line");
  add_client_flags(list, f);
  list.footer(R"(
A line is {"code":…,"uses":…,"used":…,"created":…,"expires":…,"state":…,"from":…,"link":…}; state is good, used, expired
or revoked. Those that are over are forgotten after some time.

Example:
  dunlin invite list | jq -r 'select(.state == "good") | .link')");

  auto& revoke = *invite.add_subcommand("revoke", "Take an invite back");
  revoke.add_option("code", f.subject, "its code: what stands behind #invite= in the link")->required()->type_name("");
  add_client_flags(revoke, f);
  revoke.footer("\nWho signed up with it stays.\n\nExample:\n  dunlin invite revoke mfrggzdfmztwq2lk");
}

void add_rest(CLI::App& app, flags& f) {
  auto& status = *app.add_subcommand("status", "What a running server is doing");
  add_client_flags(status, f);
  status.footer("\nExamples:\n  dunlin status\n  dunlin status --json | jq .shards");

  auto& settings = *app.add_subcommand("config", "Print every setting with default, unit and meaning, as a TOML file");
  add_config_flags(settings, f);
  settings.add_flag("--json", f.json, "as JSON");
  settings.footer(R"(
With --config the values are those of the file: a file can be checked so.

Examples:
  dunlin config > dunlin.toml
  dunlin config --config dunlin.toml --json)");
}

bool split_set(const std::string& text, config_source::flag& out) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return false;
  out = {text.substr(0, equals), text.substr(equals + 1), "--set"};
  return true;
}

std::optional<config_source> source_of(const flags& f) {
  config_source from;
  from.file = f.file;
  for (const auto& text : f.sets) {
    config_source::flag one;
    if (!split_set(text, one)) return std::nullopt;
    from.flags.push_back(std::move(one));
  }
  const auto add = [&](const char* key, const std::string& value, const char* origin) {
    if (!value.empty()) from.flags.push_back({key, value, origin});
  };
  add("data", f.data, "--data");
  add("listen.mqtt", f.mqtt, "--mqtt");
  add("listen.http", f.http, "--http");
  return from;
}

// What the innermost of the chosen subcommands asks for.
request request_of(const std::string& chosen, const flags& f) {
  if (chosen == "account add") return account_add{f.subject, f.name};
  if (chosen == "account remove") return account_remove{f.subject};
  if (chosen == "device add") return device_add{f.subject, f.name};
  if (chosen == "device mint") return device_mint{f.count, f.prefix};
  if (chosen == "device revoke") return device_revoke{f.subject};
  if (chosen == "conversation add") {
    return conversation_add{f.members, f.name, f.open, f.keep == "until-delivered"};
  }
  if (chosen == "conversation members add") return members_change{f.subject, f.members, {}, {}, {}};
  if (chosen == "conversation members remove") return members_change{f.subject, {}, f.members, {}, {}};
  if (chosen == "conversation members role") return members_change{f.subject, {}, {}, f.members, f.role};
  if (chosen == "invite add") return invite_add{f.uses, *parse_time(f.expires), f.from};
  if (chosen == "invite list") return invite_list{};
  if (chosen == "invite revoke") return invite_revoke{f.subject};
  return status_query{};
}

command command_of(const std::string& chosen, const flags& f) {
  const bool configured = chosen == "serve" || chosen == "config";
  if (!configured) return client_command{f.data.empty() ? "./data" : f.data, f.json, request_of(chosen, f), f.out};
  auto from = source_of(f);
  if (!from) return finished{exit_code::usage, "--set needs KEY=VALUE, such as --set shards=2\n"};
  if (chosen == "serve") return serve_command{std::move(*from), f.ready_file};
  return config_command{std::move(*from), f.json};
}

std::string chosen_of(const CLI::App& app) {
  std::string out;
  for (const auto* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    out += (out.empty() ? "" : " ") + at->get_name();
  }
  return out;
}

}  // namespace

config_result<config> read(const config_source& from) {
  config_result<config> out = default_config();
  if (!from.file.empty()) {
    out = read_config_file(std::move(*out), from.file);
    if (!out) return out;
  }
  for (const auto& flag : from.flags) {
    out = set_one(std::move(*out), flag.key, flag.value, flag.origin);
    if (!out) return out;
  }
  if (auto wrong = check(*out)) return std::move(*wrong);
  return out;
}

// Names a word that is no command where one is expected; CLI11 itself says only that one is missing.
static std::string unknown_command(CLI::App& app, const std::vector<std::string>& arguments) {
  auto* at = &app;
  for (const auto& word : arguments) {
    const auto known = at->get_subcommands([](const CLI::App*) { return true; });
    if (known.empty() || word.starts_with('-')) return {};
    const auto next = std::ranges::find(known, word, [](const CLI::App* c) { return c->get_name(); });
    if (next == known.end()) {
      const auto near =
          std::ranges::min_element(known, {}, [&](const CLI::App* c) { return distance(word, c->get_name()); });
      const auto& name = (*near)->get_name();
      std::string text = "There is no command '" + word + "'";
      if (distance(word, name) <= 2) text.append(", did you mean '").append(name).append("'?");
      return text + "\nRun with --help for more information.\n";
    }
    at = *next;
  }
  return {};
}

command parse(const std::vector<std::string>& arguments) {
  flags f;
  CLI::App app("Dunlin, a messaging server", "dunlin");
  app.require_subcommand(1);
  app.set_version_flag("--version", "dunlin " + std::string(version));
  app.footer(std::string(exit_codes) + "\n\nEvery command explains itself: dunlin serve --help");
  app.get_formatter()->column_width(34);
  add_serve(app, f);
  add_account(app, f);
  add_device(app, f);
  add_conversation(app, f);
  add_invite(app, f);
  add_rest(app, f);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 takes them
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& e) {
    std::ostringstream out;
    std::ostringstream err;
    const bool fine = app.exit(e, out, err) == 0;
    if (fine) return finished{exit_code::ok, out.str()};
    const auto unknown = unknown_command(app, arguments);
    return finished{exit_code::usage, unknown.empty() ? err.str() : unknown};
  }
  return command_of(chosen_of(app), f);
}

}  // namespace dunlin::app
