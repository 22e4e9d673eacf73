// Awaiting answers that come by callback from another thread (a shard, the store thread) in a coroutine of the control
// plane. Included by .cpp files alone: Asio is heavy.
//
//   const auto answer = co_await ask<stream::verdict>([&](auto done) { streams.create(spec, done); });
//
// The coroutine goes on on its own executor. `done` may be called on any thread, once; its io_context must outlive the
// last such call.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dunlin::http {

template <class T, class Start>
boost::asio::awaitable<T> ask(Start start) {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
      [executor, &start](auto handler) {
        // std::function wants what it holds to be copyable; the handler of a coroutine is not.
        auto held = std::make_shared<decltype(handler)>(std::move(handler));
        start(std::function<void(T)>([held, executor](T value) {
          boost::asio::post(executor,
                            [held, value = std::move(value)]() mutable { std::move (*held)(std::move(value)); });
        }));
      },
      boost::asio::use_awaitable);
}

}  // namespace dunlin::http
