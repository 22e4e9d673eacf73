#include "app/welcome.hpp"

#include <cerrno>
#include <future>
#include <iostream>

#include "app/version.hpp"

namespace dunlin::app {

namespace {

// Enough for a family to try it, and no more for who finds the link later.
constexpr std::uint64_t first_uses = 10;
constexpr mono_ms first_lasts = 7LL * 86'400'000;

template <class T, class Call>
result<T> ask(Call call) {
  std::promise<result<T>> answer;
  call([](const accounts::job& work) { work(); }, [&](const result<T>& found) { answer.set_value(found); });
  return answer.get_future().get();
}

}  // namespace

std::string first_invite(accounts::sign_ups& people) {
  using accounts::sign_ups;
  if (people.policy() != accounts::signup_policy::invite) return {};
  const auto facts =
      ask<sign_ups::server_facts>([&](auto post, auto done) { people.facts(std::move(post), std::move(done)); });
  if (!facts || facts->since != 0) return {};
  // What an earlier start has printed, if it is good.
  const auto all = ask<std::vector<accounts::invite_facts>>(
      [&](auto post, auto done) { people.list_invites(std::move(post), std::move(done)); });
  if (all && !all->empty()) {
    const auto& code = all->front().one.code;
    const auto good = ask<accounts::invite_facts>(
        [&](auto post, auto done) { people.find_invite(code, std::move(post), std::move(done)); });
    if (good) return code;
  }
  const auto made = ask<accounts::invite>([&](auto post, auto done) {
    people.add_invite({first_uses, first_lasts, std::nullopt}, std::move(post), std::move(done));
  });
  return made ? made->code : std::string();
}

void print_welcome(const config& values, const welcome& what) {
  const auto port = what.mqtt.substr(what.mqtt.rfind(':') + 1);
  const std::string data = values.data == "./data" ? "" : " --data " + values.data;
  const std::string self = program_invocation_name;  // as it was called, so that the commands can be copied
  std::cout << "Dunlin " << version << " is ready.\n\n";
  if (!what.url.empty()) std::cout << "  App        " << what.url << "/\n";
  std::cout << "  MQTT       " << what.mqtt << "\n  WebSocket  ws://" << what.http << "/mqtt\n  HTTP       http://"
            << what.http << "\n  data       " << values.data << "\n\n";
  if (!what.invite.empty()) {
    const auto* how = what.url.empty()
                          ? "Whoever has this link can sign up (with a client of their own: there is no app here)"
                          : "Open this to sign up, and give it to others";
    std::cout << "Nobody is here yet. " << how << "; it is good for " << first_uses << " people and 7 days:\n\n  "
              << what.invite << "\n\nMore invites:\n\n  " << self << " invite add" << data << "\n\n";
  }
  std::cout << "Two people and a conversation between them, for stock MQTT clients:\n\n"
            << "  " << self << " account add ada" << data << "; " << self << " account add ben" << data << "; " << self
            << " conversation add" << data << " --members ada,ben --open\n\n"
            << "Ben listens, and Ada says hello, with the tokens and the conversation's id printed above:\n\n"
            << "  mosquitto_sub -p " << port << " -u ben -P BENS_TOKEN -i ben-listens -t 'c/+/text'\n"
            << "  mosquitto_pub -p " << port
            << " -u ada -P ADAS_TOKEN -i ada-says -q 1 -t c/CONVERSATION/text -m hello\n"
            << std::endl;
}

}  // namespace dunlin::app
