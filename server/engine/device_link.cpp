#include "engine/device_link.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "engine/shard.hpp"

namespace dunlin::engine {

using mqtt::reason_code;

namespace {
constexpr std::size_t max_identifiers = 64;
constexpr mono_ms longest_subscribe_ms = 2000;
constexpr std::string_view protocol_name = "dunlin";
constexpr std::string_view protocol_version = "1";
}  // namespace

// --- filters ----------------------------------------------------------------------------------------------------

std::int8_t filters::single_qos(topic_kind what, stream_id conversation) const {
  std::int8_t best = none;
  for (const auto& s : lists->singles) {
    if (s.what == what && s.conversation == conversation) best = std::max(best, s.qos);
  }
  return best;
}

filters::listed& filters::list() {
  if (!lists) lists = std::make_unique<listed>();
  return *lists;
}

void filters::drop_presence(account_id about) {
  if (!lists) return;
  std::erase(lists->presences, about);
  forget_identifier({topic_kind::presence, false, account_stream(about)});
}

void filters::forget_identifier(const filter& of) {
  if (!lists) return;
  std::erase_if(lists->identifiers, [&](const auto& x) {
    return x.of.what == of.what && x.of.all == of.all && x.of.conversation == of.conversation;
  });
}

bool filters::wants(stream_id conversation) const {
  for (const auto what : {topic_kind::record, topic_kind::text, topic_kind::live, topic_kind::receipt}) {
    if (qos(what, conversation) != none) return true;
  }
  return false;
}

// --- life -------------------------------------------------------------------------------------------------------

device_link::device_link(shard& home, port& transport, std::uint64_t id)
    : home_(&home), port_(&transport), id_(id), protocol_(std::in_place, home.wire(), *this, transport.out()) {
  home_->boxes().add_link(*this);
}

device_link::~device_link() {
  closed();
  home_->forget(*this);
}

void device_link::arrive(shard& home, port& transport, std::uint64_t id) {
  home_ = &home;
  port_ = &transport;
  id_ = id;
  mqtt::protocol between(home.wire(), *this, transport.out());
  between.take_over_connecting(*protocol_);
  protocol_.emplace(home.wire(), *this, transport.out());
  protocol_->take_over_connecting(between);
  home_->boxes().add_link(*this);
  home_->attach_when_ready(*this);
}

void device_link::closed() {
  if (!attached_) return;
  attached_ = false;
  protocol_->detach();
  home_->boxes().detach(*this, home_->now().mono);
}

mqtt::session device_link::take_session() {
  protocol_->detach();
  return std::move(session_);
}

void device_link::on_gone() {
  protocol_->disconnect(reason_code::not_authorized);
  closed();
  port_->close();
}

void device_link::on_taken_over() {
  protocol_->taken_over();
  attached_ = false;  // what there is goes to the other connection
  port_->dirty();
  port_->close();
}

void device_link::on_shutdown(bool at_once) {
  protocol_->hold();
  draining_ = true;
  if (!at_once) return end_if_drained();
  protocol_->shut_down();
  closed();
  port_->close();
}

void device_link::end_drained() {
  if (!protocol_->has_unanswered()) on_shutdown(true);
}

// --- CONNECT ----------------------------------------------------------------------------------------------------

void device_link::on_connect(const mqtt::connect_view& connect) {
  if (connect.has_will) return refuse_connect(reason_code::not_authorized);  // M3: nowhere to go yet
  if (!connect.has_user_name || !connect.has_password) return refuse_connect(reason_code::bad_user_name_or_password);
  logging_in_ = true;
  for (const auto& property : connect.props.user_properties()) {
    if (property.name == protocol_name) dunlin_ = property.value == protocol_version;
  }
  // Nearly always it is a device's id: thousands may be logging in, and nothing is kept beside the link for them.
  assigned_id_ = connect.client_id.empty();
  const auto named = assigned_id_ ? home_->around().random.id<device_id>() : id_from_text<device_id>(connect.client_id);
  if (named && (assigned_id_ || to_text(*named) == connect.client_id)) {
    device_ = *named;
  } else {
    client_id_ = std::make_unique<std::string>(connect.client_id);
  }
  home_->around().logins.verify(home_->around().self, id_, port_->client(), std::string(connect.user_name),
                                std::string(as_text(connect.password)));
}

void device_link::refuse_connect(reason_code reason) {
  home_->around().counts.connects_refused.add(reason);
  protocol_->refuse(reason);
}

namespace {

reason_code reason_for(login_result why) {
  switch (why) {
    case login_result::wrong: return reason_code::bad_user_name_or_password;
    case login_result::too_many: return reason_code::connection_rate_exceeded;
    default: return reason_code::server_unavailable;
  }
}

}  // namespace

void device_link::on_verified(const identity& who) {
  if (protocol_->state() != mqtt::protocol_state::connecting || !logging_in_) return;
  if (who.result != login_result::ok) {
    refuse_connect(reason_for(who.result));
    port_->dirty();
    port_->close();
    return;
  }
  account_ = who.account;
  primary_ = !client_id_ && device_ == who.device;
  if (!primary_ && !client_id_) client_id_ = std::make_unique<std::string>(to_text(device_));
  device_ = who.device;
  const shard_id to = home_->shard_of(account_);
  if (to == home_->around().self) return home_->attach_when_ready(*this);
  home_->boxes().remove_link(*this);
  port_->move_to(to);
}

void device_link::on_attach_ready(bool ok) {
  if (protocol_->state() != mqtt::protocol_state::connecting || !logging_in_) return;
  if (ok) {
    finish_login();
  } else {
    protocol_->refuse(reason_code::server_unavailable);
    port_->close();
  }
  port_->dirty();
  port_->resume();
}

void device_link::finish_login() {
  kept_session resumed;
  bool present = false;
  switch (home_->boxes().attach(*this, protocol_->is_clean_start(), &resumed, &present)) {
    case inboxes::attach_result::ok: break;
    case inboxes::attach_result::unknown_device: refuse_connect(reason_code::not_authorized); return port_->close();
    case inboxes::attach_result::too_many: refuse_connect(reason_code::quota_exceeded); return port_->close();
  }
  session_ = std::move(resumed.session);
  wanted_ = std::move(resumed.wanted);
  const auto data_id = id_from_bytes<account_id>(home_->around().data_id);
  const std::string data_text = to_text(data_id);
  const std::string time_text = std::to_string(home_->now().wall);
  const std::array<mqtt::user_property, 3> about{
      {{protocol_name, protocol_version}, {"data-id", data_text}, {"server-time", time_text}}};
  mqtt::accept_params params{.session_present = present,
                             .retain_available = false,
                             .shared_subscription_available = false,
                             .maximum_qos = mqtt::qos_level::exactly_once,
                             .user_properties = about};
  if (assigned_id_) params.assigned_client_id = client_id();
  const std::uint32_t most = primary_ ? home_->around().limits.max_session_expiry_s : 0;
  params.has_session_expiry = true;
  params.session_expiry_s = std::min(protocol_->requested_expiry_s(), most);
  protocol_->accept(session_, params);
  logging_in_ = false;
  if (present) {
    // Feeds go on where they were: what was in flight is sent again before anything new (M2).
    home_->boxes().sync(*this);
    home_->boxes().restore(*this, resumed);
  }
  attached_ = true;
  home_->presence().resume(*this);
  resend_next();
  pump();
}

// --- SUBSCRIBE --------------------------------------------------------------------------------------------------

reason_code device_link::grant(const mqtt::subscription& s, std::uint32_t identifier, account_id& undecided) {
  if (s.filter.starts_with("$share/")) return reason_code::topic_filter_invalid;
  const auto f = parse_filter(s.filter);
  if (!f) return reason_code::not_authorized;
  const auto qos = static_cast<std::int8_t>(std::min(s.qos, mqtt::qos_level::at_least_once));
  std::int8_t granted = f->what == topic_kind::live || f->what == topic_kind::receipt || f->what == topic_kind::now
                            ? std::int8_t{0}
                            : qos;
  const bool one = !f->all && !f->conversation.is_zero();
  if (f->what == topic_kind::presence) {
    granted = 0;
    const auto code = grant_presence(account_of(f->conversation), undecided);
    if (is_error(code)) return code;
  } else if (one) {
    auto& singles = wanted_.list().singles;
    const auto same = std::find_if(singles.begin(), singles.end(), [&](const auto& x) {
      return x.what == f->what && x.conversation == f->conversation;
    });
    if (same != singles.end()) {
      same->qos = granted;
    } else if (singles.size() < max_singles) {
      singles.push_back({f->what, f->conversation, granted});
    } else {
      return reason_code::quota_exceeded;
    }
  } else {
    wanted_.all[static_cast<std::size_t>(f->what)] = granted;
  }
  wanted_.forget_identifier(*f);
  if (identifier != 0 && wanted_.identifiers().size() < max_identifiers) {
    wanted_.list().identifiers.push_back({*f, identifier});
  }
  return static_cast<reason_code>(granted);
}

void device_link::on_subscribe(const mqtt::subscribe_view& subscribe, std::span<reason_code> granted) {
  std::size_t i = 0;
  bool now = false;
  bool receipt = false;
  bool feeds = false;
  std::vector<open_subscribe::undecided> presences;
  for (const auto& s : subscribe.filters) {
    account_id undecided;
    granted[i] = grant(s, subscribe.subscription_id(), undecided);
    if (!undecided.is_zero()) presences.push_back({undecided, i});
    if (is_error(granted[i])) home_->around().counts.filters_refused.add(granted[i]);
    ++i;
    now = now || s.filter == "me/now";
    receipt = receipt || s.filter.ends_with("/receipt");
    feeds = feeds || !s.filter.starts_with("presence/");
  }
  if (feeds) home_->boxes().sync(*this);
  for (auto& at : feeds_) at.receipt_due = at.receipt_due || (receipt && at.attached);
  if (!is_routed() || !presences.empty()) {
    protocol_->suback_later();
    if (!subscribing_) subscribing_ = std::make_unique<std::vector<open_subscribe>>();
    if (subscribing_->size() == max_open_subscribes) {
      answer_subscribe(subscribing_->front());
      subscribing_->erase(subscribing_->begin());
    }
    subscribing_->push_back(
        {subscribe.packet_id, {granted.begin(), granted.end()}, std::move(presences), home_->now().mono});
  }
  // What is told on me/now comes behind the SUBACK, which is written when this returns, or later: at the next pump.
  if (now) {
    said_hello_ = false;
    told_caught_up_ = false;
  }
  // New feeds: what they missed is to go out before "caught up" is true again. Where another connection of the account
  // stands at the head, they know already what that is.
  if (feeds && (missed_ || std::any_of(feeds_.begin(), feeds_.end(), [](const feed& f) { return !f.attached; }))) {
    caught_up_ = false;
    told_caught_up_ = false;
    order_waits_ = true;
  }
  pump_soon();
}

// A feed that starts at the head has no cursor to say what was missed: until the stream's owner has told the head,
// nothing is known of what comes.
bool device_link::is_routed() const {
  return std::none_of(feeds_.begin(), feeds_.end(),
                      [](const feed& f) { return !f.attached && f.sent() == feed::at_head; });
}

// What is not decided is refused: nobody could say in time whether it may be told.
void device_link::answer_subscribe(open_subscribe& s) {
  for (const auto& one : s.presences) {
    s.granted[one.place] = reason_code::unspecified_error;
    home_->around().counts.filters_refused.add(reason_code::unspecified_error);
    end_presence(one.about);
  }
  protocol_->answer_subscribe(s.packet_id, s.granted);
  port_->dirty();
}

void device_link::answer_subscribes() {
  if (!subscribing_) return;
  const bool routed = is_routed();
  std::erase_if(*subscribing_, [&](open_subscribe& s) {
    // Not for ever: a conversation may have been left meanwhile, or an answer was lost (D5).
    const bool late = home_->now().mono - s.since > longest_subscribe_ms;
    if (!late && (!routed || !s.presences.empty())) return false;
    answer_subscribe(s);
    return true;
  });
  if (subscribing_->empty()) {
    subscribing_.reset();
  } else {
    retry_ = true;
  }
}

void device_link::on_unsubscribe(const mqtt::unsubscribe_view& unsubscribe, std::span<reason_code> results) {
  std::size_t i = 0;
  for (const auto& name : unsubscribe.filters) {
    auto& result = results[i++];
    const auto f = parse_filter(name);
    const bool one = f && !f->all && !f->conversation.is_zero();
    bool had = false;
    if (f && f->what == topic_kind::presence) {
      const account_id about = account_of(f->conversation);
      had = std::ranges::find(watched(), about) != watched().end();
      decide_presence(about, reason_code::success);
      end_presence(about);
    } else if (one) {
      had = wanted_.lists && std::erase_if(wanted_.lists->singles, [&](const auto& x) {
                               return x.what == f->what && x.conversation == f->conversation;
                             }) != 0;
    } else if (f) {
      auto& place = wanted_.all[static_cast<std::size_t>(f->what)];
      had = place != filters::none;
      place = filters::none;
    }
    if (f) wanted_.forget_identifier(*f);
    if (!had) result = reason_code::no_subscription_existed;
  }
  wanted_.drop_empty_lists();
  home_->boxes().sync(*this);
}

// --- the end ----------------------------------------------------------------------------------------------------

void device_link::on_disconnect(const mqtt::disconnect_view& /*disconnect*/) {
  port_->close();  // which ends in closed(), outside of the protocol's callbacks
}

void device_link::on_protocol_error(reason_code reason) {
  home_->around().counts.protocol_errors.add(reason);
  log_debug("a connection broke the protocol", {{"reason", mqtt::name_of(reason)}});
}

void device_link::read_again() {
  if (draining_) return;
  protocol_->release();
  port_->resume();
}

}  // namespace dunlin::engine
