#include "app/logins.hpp"

#include <chrono>
#include <thread>

#include "app/shards.hpp"

namespace dunlin::app {

void logins::verify(engine::shard_id shard, std::uint64_t ticket, std::string user, std::string token) {
  auto& thread = shards_->at(shard);
  // A shard that takes no more work for the moment is waited for: this runs on the store thread, and a connection
  // that never gets an answer would hang until its time-out.
  const auto post = [&thread](const accounts::job& work) {
    while (!thread.loop().post(work)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  service_->verify(std::move(user), std::move(token), post, [&thread, ticket](result<accounts::identity> found) {
    engine::identity who;
    if (found) {
      who = {engine::login_result::ok, found->account, found->device};
    } else if (found.error() != accounts::errc::wrong_token) {
      who.result = engine::login_result::unavailable;
    }
    thread.shard().verified(ticket, who);
  });
}

}  // namespace dunlin::app
