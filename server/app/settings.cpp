// The one table of all settings. A new one is a line here and a member of config.
#include <array>

#include "app/config.hpp"

namespace dunlin::app {

namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t gib = 1024 * mib;
constexpr std::uint64_t second = 1000;
constexpr std::uint64_t day = 86'400 * second;
constexpr std::uint64_t most_of_rates = 1'000'000;

constexpr std::array table = {
    setting{"data", setting_type::path, "./data",
            "The data directory: everything that the server keeps. It is made with mode 0700 if it does not exist.",
            &config::data},
    setting{"shards", setting_type::count, "0",
            "Threads that serve connections and conversations; 0 is one less than processor cores.", &config::shards, 0,
            64},

    setting{"listen.mqtt", setting_type::address, "127.0.0.1:1883",
            "Where MQTT is served over TCP. Port 0 picks a free one.", &config::mqtt},
    setting{"listen.http", setting_type::address, "127.0.0.1:8080",
            "Where HTTP is served, and MQTT over WebSocket at /mqtt. Port 0 picks a free one.", &config::http},

    setting{"limits.max_body", setting_type::size, "256 KiB",
            "The largest body of a message. Raising it costs memory per connection that sends or receives one.",
            &config::max_body, kib, 1 * mib},
    setting{"limits.max_packet", setting_type::size, "320 KiB",
            "The largest MQTT packet a client may send, told to it in CONNACK. Must have room for max_body and 1 KiB.",
            &config::max_packet, 2 * kib, 2 * mib},
    setting{"limits.receive_maximum", setting_type::count, "64",
            "Unacknowledged QoS 1 and 2 messages that a client may have under way, told to it in CONNACK.",
            &config::receive_maximum, 1, 1024},
    setting{"limits.connections", setting_type::count, "16000",
            "MQTT connections at a time; each needs a file descriptor. More are closed at once.", &config::connections,
            1, 10'000'000},
    setting{"limits.http_connections", setting_type::count, "1000",
            "HTTP connections at a time, without WebSockets. More get status 503.", &config::http_connections, 1,
            100'000},
    setting{"limits.handshake_timeout", setting_type::time, "10 s",
            "How long a connection may take until its CONNECT, and an HTTP request until its last byte.",
            &config::handshake_timeout, second, 300 * second},
    setting{"limits.secondary_connections", setting_type::count, "4",
            "Connections of one device beside the one that holds its session.", &config::secondary_connections, 0, 64},
    setting{"limits.output_watermark", setting_type::size, "256 KiB",
            "Output that may wait for a slow client; beyond it the server reads on for that client later.",
            &config::output_watermark, 16 * kib, 64 * mib},
    setting{"limits.keep_alive", setting_type::time, "1 h",
            "The longest keep-alive interval. A 5.0 client that asks for more, or none, is told this one.",
            &config::keep_alive, 10 * second, 65'535 * second},
    setting{"limits.session_expiry", setting_type::time, "14 d",
            "How long a session may outlive its connection. Longer wishes are cut to this.", &config::session_expiry, 0,
            365 * day},

    setting{"retention.undelivered", setting_type::time, "30 d",
            "Messages of conversations kept until delivered go at the latest after this, in whole days.",
            &config::keep_undelivered, day, 30 * day},
    setting{
        "retention.account_log", setting_type::time, "30 d",
        "What an account's devices are told of it is kept for this long, in whole days. Who is away for longer reads "
        "the account's state anew.",
        &config::keep_account, day, 30 * day},
    setting{"retention.silent_device", setting_type::time, "30 d",
            "A device without a connection for this long, in whole days, is not waited for any more.",
            &config::silent_device, day, 3650 * day},

    setting{
        "memory.idle_state", setting_type::time, "5 min",
        "A conversation or an account that nobody used for this long leaves memory once its state is on disk, and is "
        "read back when it is wanted.",
        &config::idle_state, 1 * second, 365 * day},
    setting{"memory.states", setting_type::count, "200000",
            "Conversations and accounts in memory above which those not in use leave without that wait. Each takes "
            "about 1 to 4 KB.",
            &config::states, 1000, 1'000'000'000},

    setting{"log.segment_size", setting_type::size, "64 MiB",
            "Size of a segment of the log. Larger ones are sealed less often and keep more in the log.",
            &config::log_segment, 10 * mib, 1 * gib},
    setting{
        "log.max_unsealed", setting_type::size, "1 GiB",
        "The unsealed log may become this large. More rides out longer bursts and makes a start after a crash longer.",
        &config::log_unsealed, 40 * mib, 64 * gib},
    setting{"log.reserve", setting_type::size, "8 MiB",
            "Space in the log kept for marks, trims and deletions when the disk is full.", &config::log_reserve,
            1 * mib, 1 * gib},
    setting{"log.keep_free", setting_type::size, "256 MiB",
            "The disk counts as full for messages when less than this is free.", &config::log_keep_free, 0, 1024 * gib},

    setting{"logging.level", setting_type::choice, "info", "The least severe lines that are written to standard error.",
            &config::logging_level, 0, 0, "debug|info|warn|error|off"},
    setting{"logging.format", setting_type::choice, "logfmt", "How a line is written.", &config::logging_format, 0, 0,
            "logfmt|json"},

    setting{"server.name", setting_type::text, "Dunlin", "What the server calls itself where people sign up.",
            &config::server_name},
    setting{"signup.policy", setting_type::choice, "invite",
            "Who may sign up: who has an invite, everybody, or nobody.", &config::signup_policy, 0, 0,
            "invite|open|closed"},
    setting{"directory.policy", setting_type::choice, "members",
            "How members find each other: by parts of handles and names, or by the exact handle alone.",
            &config::directory_policy, 0, 0, "members|exact"},

    setting{
        "web.url", setting_type::text, "",
        "Where people find the app (\"https://chat.example\"), for the links of invites. If it is empty: listen.http.",
        &config::web_url},
    setting{"web.root", setting_type::path, "",
            "The directory with the app's files, as its build leaves them. If it is empty: those beside the program, "
            "if there are any.",
            &config::web_root},
    setting{
        "web.allowed_origins", setting_type::texts, "",
        "Web pages of these origins (\"https://chat.example\") may ask over HTTP and open a WebSocket, beside pages of "
        "this server itself. \"*\" allows all.",
        &config::allowed_origins},
    setting{
        "web.proxies", setting_type::texts, "",
        "Addresses (\"127.0.0.1\", \"10.0.0.0/8\") of proxies in front, whose X-Forwarded-For says who a client is. "
        "Without it all clients behind a proxy share the limits of one address.",
        &config::proxies},

    setting{
        "rates.sign_ins", setting_type::count, "120",
        "Wrong tokens over HTTP or MQTT, per address and minute (MQTT: and shard); beyond it that address waits. 0: no "
        "limit, as for all rates. "
        "A rate's number may come at once, and again as time goes on.",
        &config::rate_sign_ins, 0, most_of_rates},
    setting{"rates.sign_ups", setting_type::count, "60", "Attempts to sign up, per address and hour.",
            &config::rate_sign_ups, 0, most_of_rates},
    setting{"rates.checks", setting_type::count, "60",
            "Questions of who signs up, whether a handle is free or an invite good, per address and minute.",
            &config::rate_checks, 0, most_of_rates},
    setting{"rates.lookups", setting_type::count, "240", "Look-ups of profiles, per account and minute.",
            &config::rate_lookups, 0, most_of_rates},
    setting{"rates.directory", setting_type::count, "60", "Searches in the directory, per account and minute.",
            &config::rate_directory, 0, most_of_rates},
    setting{"rates.links", setting_type::count, "20", "Link codes that new devices ask for, per address and minute.",
            &config::rate_links, 0, most_of_rates},
    setting{"rates.claims", setting_type::count, "10",
            "Link codes that are typed or scanned, per account and 10 minutes.", &config::rate_claims, 0,
            most_of_rates},
    // A code is one of 2^40: with a thousand codes waiting, so many guesses find one in a hundred thousand times.
    // Lower, and a few hostile accounts could keep all others from linking devices.
    setting{"rates.misses", setting_type::count, "10000",
            "Link codes that were wrong, of all accounts together, per 10 minutes; beyond it no code is taken.",
            &config::rate_misses, 0, most_of_rates},
    setting{"rates.uploads", setting_type::count, "30", "Pictures that are sent, per account and hour.",
            &config::rate_uploads, 0, most_of_rates},
    setting{"rates.writes", setting_type::count, "300",
            "All other changes over HTTP, of conversations, profiles, settings and devices, per account and minute.",
            &config::rate_writes, 0, most_of_rates},
};

}  // namespace

std::span<const setting> settings() { return table; }

}  // namespace dunlin::app
