// Decoding and encoding of MQTT 3.1.1 and 5.0 packets.
//
// Decoding is strict and copies nothing: what comes out are views into the input. It works from the header alone until
// the whole packet is there, so that a length is refused before a byte is kept for it. Encoders append whole packets to
// an `output`; what they are given must be valid (they check sizes, not texts).
//
// Thread rule: none; free functions. Errors: reason codes of 5.0 section 2.4, for both versions:
// - malformed_packet: reserved flags, lengths that do not fit, text that is not UTF-8 or holds U+0000, unknown
// properties
// - protocol_error: rules between fields: duplicate properties, packet id 0, values out of range
// - packet_too_large: the header alone says more than the limit
// - topic_name_invalid, topic_alias_invalid, quota_exceeded, unsupported_protocol_version: as they say
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/output.hpp"
#include "mqtt/packet.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::mqtt {

enum class decode_status : std::uint8_t { need_more, ready, error };

// A packet that has arrived whole, not yet looked into.
struct frame {
  decode_status status = decode_status::need_more;
  packet_type type = packet_type::connect;
  std::uint8_t flags = 0;                     // the low four bits of the first byte
  reason_code reason = reason_code::success;  // if status is error
  std::size_t size = 0;                       // of the whole packet; while need_more: as far as known, else 0
  byte_span body;                             // behind the fixed header, if status is ready
};

struct packet_sizes {
  std::size_t header = 0;
  std::size_t packet = 0;
};
// Of a PUBLISH or PUBACK below 16 KiB that is there whole, as nearly all packets are; 0 of any other.
inline packet_sizes sizes_of_usual(byte_span in, std::uint32_t max_packet_size) {
  if (in.size() < 4) [[unlikely]]
    return {};
  const bool one = in[1] < 0x80;
  const std::size_t header = one ? 2 : 3;
  const std::size_t size = header + (one ? in[1] : (in[1] & 0x7fU) | std::size_t{in[2]} << 7);
  const bool minimal = one || in[2] - 1U < 0x7fU;
  const bool usual = in[0] >> 4 == 3 || in[0] == 0x40;
  if (!usual || !minimal || size > in.size() || size > max_packet_size) [[unlikely]]
    return {};
  return {header, size};
}

frame read_long_frame(byte_span in, protocol_version version, std::uint32_t max_packet_size);

// Looks at the fixed header at the start of `in`. An error as soon as the header shows it: type 0, wrong flags, a
// length of more than four bytes (5.0: also one that is not minimal), or a packet larger than `max_packet_size` bytes.
inline frame read_frame(byte_span in, protocol_version version, std::uint32_t max_packet_size) {
  const packet_sizes sizes = sizes_of_usual(in, max_packet_size);
  if (sizes.packet == 0) return read_long_frame(in, version, max_packet_size);
  frame f;
  f.status = decode_status::ready;
  f.type = static_cast<packet_type>(in[0] >> 4);
  f.flags = in[0] & 15;
  f.size = sizes.packet;
  f.body = in.subspan(sizes.header, sizes.packet - sizes.header);
  return f;
}

// Of any packet that is there whole and whose header is right; 0 of any other.
packet_sizes sizes_of_long(byte_span in, protocol_version version, std::uint32_t max_packet_size);
inline packet_sizes sizes_of(byte_span in, protocol_version version, std::uint32_t max_packet_size) {
  const packet_sizes sizes = sizes_of_usual(in, max_packet_size);
  return sizes.packet != 0 ? sizes : sizes_of_long(in, version, max_packet_size);
}

// Decoders of one packet each; `f` is a ready frame of that type. `success`, or why not (then `out` is unspecified).
// `out` may be used again and again: all its fields are written.
reason_code decode_connect(const frame& f, connect_view& out);  // takes the version from the packet
reason_code decode_connack(const frame& f, protocol_version version, connack_view& out);
// `valid`: the topic of one before, which is not looked into again where it comes once more (same_topic).
reason_code decode_publish(const frame& f, protocol_version version, publish_view& out, std::string_view valid = {});
// The topic of a PUBLISH, not looked into; empty where it is not there whole.
inline std::string_view topic_of_publish(byte_span body) {
  if (body.size() < 2) return {};
  const std::size_t size = wire::load16(body.data());
  return body.size() < 2 + size ? std::string_view() : as_text(body.subspan(2, size));
}
// The same for a message like the one that `out` holds: on its topic, at its QoS above 0, without properties, RETAIN
// and DUP. False: it is another, or wrong, and nothing was written.
inline bool decode_publish_like(std::uint8_t flags, byte_span body, protocol_version version, publish_view& out) {
  const std::size_t topic_size = out.topic.size();
  const bool v5 = version == protocol_version::v5;
  const std::size_t before_payload = 2 + topic_size + (v5 ? 3 : 2);
  if (out.qos == qos_level::at_most_once || flags != static_cast<unsigned>(out.qos) << 1 || !out.props.empty() ||
      body.size() < before_payload) {
    return false;
  }
  const std::uint8_t* const at = body.data();
  const std::string_view topic(reinterpret_cast<const char*>(at + 2), topic_size);
  const std::uint16_t packet_id = wire::load16(at + 2 + topic_size);
  if (wire::load16(at) != topic_size || packet_id == 0 || (v5 && at[before_payload - 1] != 0) ||
      !is_same_topic(topic, out.topic)) {
    return false;
  }
  out.topic = topic;
  out.packet_id = packet_id;
  out.payload = body.subspan(before_payload);
  out.retain = out.dup = false;
  out.same_topic = true;
  return true;
}
reason_code decode_ack(const frame& f, protocol_version version, ack_view& out);  // PUBACK, PUBREC, PUBREL, PUBCOMP
reason_code decode_subscribe(const frame& f, protocol_version version, subscribe_view& out);
reason_code decode_unsubscribe(const frame& f, protocol_version version, unsubscribe_view& out);
reason_code decode_suback(const frame& f, protocol_version version, suback_view& out);  // SUBACK, UNSUBACK
reason_code decode_disconnect(const frame& f, protocol_version version, disconnect_view& out);
reason_code decode_auth(const frame& f, protocol_version version, auth_view& out);

struct decoded {
  decode_status status = decode_status::need_more;
  reason_code reason = reason_code::success;  // if status is error
  std::size_t size = 0;                       // bytes consumed if ready; while need_more: of the packet, 0 if unknown
  any_packet value;                           // if ready
};

// The first packet of `in`, of whatever type. For clients, tools and tests; a server's session takes the functions
// above.
decoded decode(byte_span in, protocol_version version, std::uint32_t max_packet_size);

// Encoders. Properties are left out towards 3.1.1. REQUIRES: the packet is at most `max_variable_integer` bytes.
void encode_connect(output& out, const connect_view& packet);
void encode_connack(output& out, protocol_version version, const connack_view& packet);
void encode_publish(output& out, protocol_version version, const publish_view& packet);
void encode_ack(output& out, protocol_version version, const ack_view& packet);
void encode_subscribe(output& out, protocol_version version, const subscribe_view& packet);
void encode_unsubscribe(output& out, protocol_version version, const unsubscribe_view& packet);
void encode_suback(output& out, protocol_version version, const suback_view& packet);
void encode_ping(output& out, packet_type type);  // PINGREQ or PINGRESP
void encode_disconnect(output& out, protocol_version version, const disconnect_view& packet);
void encode_auth(output& out, const auth_view& packet);
// The packet whatever it is; for tools and tests.
void encode(output& out, protocol_version version, const any_packet& value);

// What a packet takes on the wire. Compared with a peer's Maximum Packet Size before it is encoded.
std::size_t encoded_size(protocol_version version, const connack_view& packet);
std::size_t encoded_size(protocol_version version, const ack_view& packet);
std::size_t encoded_size(protocol_version version, const suback_view& packet);
std::size_t encoded_size(protocol_version version, const disconnect_view& packet);

// A PUBLISH to a subscriber, in two steps: the sizes first, so that a limit can be checked before anything is written.
// The message must remain live and unchanged until `write`.
class publish_writer {
 public:
  // `alias` 0: none. `with_topic` false: the alias alone names the topic.
  publish_writer(protocol_version version, const message& m, std::uint16_t alias, bool with_topic);

  [[nodiscard]] std::size_t size() const { return size_; }
  // REQUIRES: size() - 5 <= max_variable_integer.
  void write(output& out, std::uint16_t packet_id, bool dup) const;

 private:
  std::uint8_t* write_properties(std::uint8_t* at) const;

  const message& message_;
  protocol_version version_;
  bool with_topic_;
  std::uint16_t alias_;
  std::uint32_t property_size_ = 0;  // without the length in front
  std::size_t remaining_ = 0;
  std::size_t size_ = 0;
};

}  // namespace dunlin::mqtt
