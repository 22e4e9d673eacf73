// Any bytes as an MQTT packet of either version: decoding never reads outside them, and what is decoded encodes to a
// packet that decodes and encodes to the same bytes again.
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/check.hpp"
#include "mqtt/codec.hpp"
#include "mqtt/test_support.hpp"

namespace dunlin::mqtt {
namespace {

constexpr std::uint32_t limit = 1U << 20;

// Touches every byte a view names, so that the address sanitizer looks at it.
struct toucher {
  std::uint32_t sum = 0;

  void operator()(byte_span data) {
    for (const std::uint8_t b : data) sum += b;
  }
  void operator()(std::string_view text) { (*this)(as_bytes(text)); }
  void operator()(const properties& props) {
    std::size_t count = 0;
    for (const user_property& u : props.user_properties()) {
      (*this)(u.name);
      (*this)(u.value);
      DUNLIN_CHECK(++count <= max_user_properties);
    }
    count = 0;
    for (const std::uint32_t id : props.subscription_ids()) {
      DUNLIN_CHECK(id != 0 && id <= max_variable_integer && ++count <= max_subscription_ids);
    }
  }
  void operator()(const connect_view& p) {
    (*this)(p.client_id);
    (*this)(p.user_name);
    (*this)(p.password);
    (*this)(p.props);
    if (!p.has_will) return;
    (*this)(p.will.topic);
    (*this)(p.will.payload);
    (*this)(p.will.props);
  }
  void operator()(const connack_view& p) { (*this)(p.props); }
  void operator()(const publish_view& p) {
    (*this)(p.topic);
    (*this)(p.payload);
    (*this)(p.props);
  }
  void operator()(const ack_view& p) { (*this)(p.props); }
  void operator()(const subscribe_view& p) {
    std::size_t count = 0;
    for (const subscription& s : p.filters) {
      (*this)(s.filter);
      ++count;
    }
    DUNLIN_CHECK(count == p.count);
    (*this)(p.props);
  }
  void operator()(const unsubscribe_view& p) {
    std::size_t count = 0;
    for (const std::string_view filter : p.filters) {
      (*this)(filter);
      ++count;
    }
    DUNLIN_CHECK(count == p.count);
    (*this)(p.props);
  }
  void operator()(const suback_view& p) {
    std::size_t count = 0;
    for (const reason_code reason : p.reasons) {
      sum += static_cast<std::uint32_t>(reason);
      ++count;
    }
    DUNLIN_CHECK(count == p.count);
    (*this)(p.props);
  }
  void operator()(const ping_view&) {}
  void operator()(const disconnect_view& p) { (*this)(p.props); }
  void operator()(const auth_view& p) { (*this)(p.props); }
};

bytes encoded(protocol_version version, const any_packet& value) {
  wire_end end;
  encode(end.out, version, value);
  return end.take();
}

void try_version(byte_span data, protocol_version version) {
  const decoded first = decode(data, version, limit);
  DUNLIN_CHECK(first.size <= limit || first.status == decode_status::error);
  if (first.status != decode_status::ready) {
    DUNLIN_CHECK((first.status == decode_status::error) == is_error(first.reason));
    return;
  }
  DUNLIN_CHECK(first.size <= data.size());
  toucher touch;
  std::visit(touch, first.value);
  volatile std::uint32_t sink = touch.sum;
  static_cast<void>(sink);

  const bytes once = encoded(version, first.value);
  const decoded second = decode(once, version, limit);
  DUNLIN_CHECK(second.status == decode_status::ready && second.size == once.size());
  DUNLIN_CHECK(second.value.index() == first.value.index());
  DUNLIN_CHECK(encoded(version, second.value) == once);
  // The encoder's form is never longer than another's: omitted fields and properties in order only make it shorter.
  DUNLIN_CHECK(once.size() <= first.size);
}

}  // namespace
}  // namespace dunlin::mqtt

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dunlin::mqtt::try_version({data, size}, dunlin::mqtt::protocol_version::v3_1_1);
  dunlin::mqtt::try_version({data, size}, dunlin::mqtt::protocol_version::v5);
  return 0;
}
