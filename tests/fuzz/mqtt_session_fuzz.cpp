// Any bytes, split anywhere, at a connection whose host answers late, delivers, drops, holds and resumes as other bytes
// say. What must hold: every byte written is a packet that a server may send, no larger than the client takes; answers
// come in the order of arrival; no more is in flight than allowed; nothing is written after the end.
#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "base/check.hpp"
#include "mqtt/protocol.hpp"
#include "mqtt/test_support.hpp"

namespace dunlin::mqtt {
namespace {

class script {
 public:
  script(const std::uint8_t* data, std::size_t size) : left_(data, size) {}
  [[nodiscard]] bool done() const { return left_.empty(); }
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t b = left_[0];
    left_ = left_.subspan(1);
    return b;
  }
  byte_span take(std::size_t n) {
    const byte_span out = left_.first(std::min(n, left_.size()));
    left_ = left_.subspan(out.size());
    return out;
  }

 private:
  byte_span left_;
};

class fuzz_host final : public host {
 public:
  explicit fuzz_host(const std::uint8_t* data, std::size_t size) : script_(data, size) {
    shared_.bounds.receive_maximum = 8;
    shared_.bounds.send_maximum = 12;
    shared_.bounds.send_maximum_v3 = 12;
    shared_.bounds.max_packet_size = 2'000;
    shared_.bounds.max_output = 4'000;
    shared_.bounds.topic_aliases_in = 3;
    shared_.bounds.topic_aliases_out = 3;
    connect_anew();
  }

  void run() {
    while (!script_.done()) {
      step(script_.byte());
      read_output();
      DUNLIN_CHECK(session_.in_flight_count() <= max_in_flight);
    }
    protocol_.reset();
  }

  void on_connect(const connect_view& c) override {
    clean_ = c.clean_start;
    if ((c.client_id.size() & 1) != 0) decide();
  }
  void on_publishes_end() override {}
  void on_publish(const publish_view& p, publish_token token) override {
    DUNLIN_CHECK(!p.topic.empty() && p.topic.size() <= shared_.bounds.max_topic_length);
    if (p.qos == qos_level::at_most_once) return;
    open_.push_back(token);
    arrived_.push_back(token.packet_id);
    if ((p.payload.size() & 1) != 0) answer(open_.size() - 1, 0);
    if (p.payload.size() == 2) deliver(2);
  }
  void on_subscribe(const subscribe_view& s, std::span<reason_code> granted) override {
    DUNLIN_CHECK(granted.size() == s.count);
    granted[0] = reason_code::granted_qos_1;
  }
  void on_unsubscribe(const unsubscribe_view& u, std::span<reason_code> results) override {
    DUNLIN_CHECK(results.size() == u.count);
  }
  void on_acked(const cookie& first, std::uint32_t count, reason_code) override {
    DUNLIN_CHECK(count != 0 && first.a == ~first.b && (acked_ += count) <= sent_);
  }
  void on_credit() override {
    DUNLIN_CHECK(protocol_->state() == protocol_state::connected);
    deliver(1);
  }
  void on_disconnect(const disconnect_view&) override {
    DUNLIN_CHECK(protocol_->state() == protocol_state::closing && !disconnected_);
    disconnected_ = true;
  }
  void on_protocol_error(reason_code reason) override { DUNLIN_CHECK(is_error(reason)); }

 private:
  void connect_anew() {
    read_output();
    protocol_.reset();
    out_.clear();
    kept_.clear();
    open_.clear();
    arrived_.clear();
    disconnected_ = false;
    protocol_ = std::make_unique<protocol>(shared_, *this, out_);
  }

  void decide() {
    if (protocol_->state() != protocol_state::connecting) return;
    accept_params params;
    params.session_present = !clean_ && had_session_;
    had_session_ = true;
    protocol_->accept(session_, params);
  }

  void feed(byte_span data) {
    kept_.insert(kept_.end(), data.begin(), data.end());
    const feed_result fed = protocol_->feed(kept_);
    DUNLIN_CHECK(fed.consumed <= kept_.size());
    DUNLIN_CHECK(fed.wanted <= std::max(shared_.bounds.max_packet_size, shared_.bounds.max_connect_size));
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(fed.consumed));
  }

  void answer(std::size_t which, unsigned how) {
    if (open_.empty()) return;
    const auto it = open_.begin() + static_cast<std::ptrdiff_t>(which % open_.size());
    const publish_token token = *it;
    open_.erase(it);
    static constexpr user_property users[] = {{"seq", "1"}};
    answer_details details;
    if ((how & 1) != 0) details.reason_string = "because";
    if ((how & 2) != 0) details.user_properties = users;
    protocol_->answer(token, (how & 4) != 0 ? reason_code::quota_exceeded : reason_code::success, details);
  }

  void deliver(unsigned how) {
    static const bytes body(300, 'x');
    static constexpr std::string_view topics[] = {"c/one", "c/another", "c/the-third", "c/a-fourth"};
    message m;
    m.topic = topics[how & 3];
    m.qos = static_cast<qos_level>(how % 3);
    m.body = byte_span(body).first((how & 0x3f) * 4);
    ++sent_;
    protocol_->deliver(m, {sent_, ~sent_, 0});
  }

  void redeliver(bool dropped) {
    const in_flight* f = session_.next_unsent();
    if (f == nullptr || protocol_->state() != protocol_state::connected) return;
    if (dropped) {
      protocol_->drop(f->packet_id);
      return;
    }
    message m;
    m.topic = "c/one";
    protocol_->redeliver(f->packet_id, m);
  }

  void connect_packet(unsigned how) {
    connect_view c;
    c.version = (how & 1) != 0 ? protocol_version::v5 : protocol_version::v3_1_1;
    c.clean_start = (how & 2) != 0;
    c.client_id = "a";
    if ((how & 4) != 0) c.props.set(property::receive_maximum, 3);
    if ((how & 8) != 0) c.props.set(property::maximum_packet_size, 90);
    if ((how & 16) != 0) c.props.set(property::topic_alias_maximum, 2);
    if ((how & 32) != 0) c.props.set(property::request_problem_information, 0U);
    wire_end end;
    encode_connect(end.out, c);
    feed(end.take());
  }

  void step(unsigned op) {
    const unsigned how = op & 0x3f;
    switch (op >> 6) {
      case 0: feed(script_.take(how + 1)); return;
      case 1: deliver(how); return;
      case 2: answer(how >> 3, how); return;
      default: break;
    }
    switch (how & 7) {
      case 0:
        connect_anew();
        connect_packet(how >> 3 | (how & 1) << 5 | 1);
        return;
      case 1:
        connect_anew();
        connect_packet(script_.byte());
        return;
      case 2: redeliver(how > 31); return;
      case 3: protocol_->hold(); return;
      case 4:
        protocol_->release();
        feed({});
        return;
      case 5:
        decide();
        feed({});
        return;
      case 6:
        if (how > 50) protocol_->taken_over();
        return;
      default:
        if (how > 50) protocol_->keep_alive_expired();
        return;
    }
  }

  // Whatever stands in the output is read by a client that takes nothing for granted.
  void read_output() {
    const bool ended = protocol_ == nullptr || protocol_->state() == protocol_state::closing;
    const bytes data = drain(out_);
    byte_span left = data;
    while (!left.empty()) {
      const decoded d = decode(left, protocol_->version(), max_variable_integer);
      DUNLIN_CHECK(d.status == decode_status::ready && d.size <= protocol_->client_max_packet_size());
      const packet_type type = static_cast<packet_type>(left[0] >> 4);
      DUNLIN_CHECK(type != packet_type::connect && type != packet_type::subscribe && type != packet_type::unsubscribe &&
                   type != packet_type::pingreq && type != packet_type::auth);
      if (type == packet_type::puback || type == packet_type::pubrec) check_order(std::get<ack_view>(d.value));
      if (type == packet_type::disconnect) DUNLIN_CHECK(ended && d.size == left.size());
      left = left.subspan(d.size);
    }
    if (protocol_ != nullptr) protocol_->on_written();
  }

  void check_order(const ack_view& ack) {
    // A repeated QoS 2 message is answered by the protocol without the host: not in the list.
    const auto it = std::find(arrived_.begin(), arrived_.end(), ack.packet_id);
    if (it == arrived_.end()) {
      DUNLIN_CHECK(ack.type == packet_type::pubrec);
      return;
    }
    if (ack.type == packet_type::puback) DUNLIN_CHECK(it == arrived_.begin());
    arrived_.erase(it);
  }

  script script_;
  shared_state shared_;
  chunk_pool chunks_;
  output out_{chunks_};
  session session_;
  std::unique_ptr<protocol> protocol_;
  bytes kept_;
  std::vector<publish_token> open_;
  std::deque<std::uint16_t> arrived_;
  std::uint64_t sent_ = 0;
  std::uint64_t acked_ = 0;
  bool clean_ = false;
  bool had_session_ = false;
  bool disconnected_ = false;
};

}  // namespace
}  // namespace dunlin::mqtt

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dunlin::mqtt::fuzz_host(data, size).run();
  return 0;
}
