// Connections and sessions of inboxes: they attach, detach, subscribe, are taken over, expire (D4, M1, M2).

#include <algorithm>
#include <utility>

#include "engine/inboxes.hpp"

namespace dunlin::engine {

device_link* inboxes::find_link(std::uint64_t id) {
  if (last_link_ != nullptr && last_link_->id() == id) return last_link_;
  const auto it = links_.find(id);
  if (it == links_.end()) return nullptr;
  return last_link_ = *it;
}

void inboxes::add_link(device_link& link) {
  links_.insert(&link);
  counts_.connections.set(static_cast<std::int64_t>(links_.size()));
}

void inboxes::remove_link(device_link& link) {
  links_.erase(&link);
  if (last_link_ == &link) last_link_ = nullptr;
  counts_.connections.set(static_cast<std::int64_t>(links_.size()));
}

live_inbox& inboxes::inbox_of(account_id account) {
  const auto known = inboxes_.find(account);
  if (known != inboxes_.end()) return **known;
  auto fresh = std::make_unique<live_inbox>();
  fresh->account = account;
  return **inboxes_.insert(std::move(fresh)).first;
}

bool inboxes::is_in_use(account_id account) const {
  const auto it = inboxes_.find(account);
  if (it != inboxes_.end() && !(*it)->links.empty()) return true;
  const auto is_of = [&](const auto& part) { return part.account == account; };
  const auto& parts = parts_[partition_of(account)];
  const auto& seen = seen_[partition_of(account)];
  return std::any_of(parts.begin(), parts.end(), is_of) || std::any_of(seen.begin(), seen.end(), is_of);
}

bool inboxes::is_active(account_id account) const {
  const auto it = inboxes_.find(account);
  if (it == inboxes_.end()) return false;
  const auto& links = (*it)->links;
  return std::any_of(links.begin(), links.end(), [](const auto* link) { return link->doing() == activity::active; });
}

void inboxes::forget_if_idle(account_id account) {
  const auto it = inboxes_.find(account);
  if (it == inboxes_.end() || !(*it)->links.empty()) return;
  while ((*it)->first != 0) drop_slot((*it)->first);
  if (!(*it)->kept) inboxes_.erase(it);
}

namespace {

kept_session keep(device_link& link, const std::vector<stream_id>& streams) {
  kept_session out;
  out.session = link.take_session();
  out.wanted = std::move(link.wanted());
  for (std::size_t i = 0; i < link.feeds().size(); ++i) {
    auto& at = link.feeds()[i];
    if (at.moves_cursor) out.feeds.push_back({streams[i], std::move(at)});
  }
  return out;
}

}  // namespace

inboxes::attach_result inboxes::attach(device_link& link, bool clean_start, kept_session* resumed,
                                       bool* session_present) {
  *session_present = false;
  const auto* state = owner_.inbox(link.account());
  const std::size_t device = state == nullptr ? stream::inbox_state::npos : state->find_device(link.device());
  if (device == stream::inbox_state::npos || state->deleted) {
    return attach_result::unknown_device;
  }
  device_link* before = nullptr;
  std::uint32_t secondaries = 0;
  for (auto* other : inbox_of(link.account()).links) {
    if (other->device() != link.device()) continue;
    if (other->client_id() == link.client_id()) before = other;
    if (!other->is_primary()) ++secondaries;
  }
  if (before != nullptr) {
    // The new connection has the client id now (5.0 section 3.1.4); what the old one had in flight goes along.
    before->on_taken_over();
    detach(*before, now_);
  } else if (!link.is_primary() && secondaries >= limits_.max_secondaries) {
    forget_if_idle(link.account());
    return attach_result::too_many;
  }
  // What it acknowledged a moment ago, on a connection that is gone, is not sent again.
  flush_cursors_of(partition_of(link.account()));
  auto& inbox = inbox_of(link.account());
  if (link.is_primary()) {
    const auto kept = inbox.kept ? inbox.kept->find(link.device()) : std::map<device_id, kept_session>::iterator();
    if (inbox.kept && kept != inbox.kept->end()) {
      if (!clean_start && kept->second.expires > now_) {
        *resumed = std::move(kept->second);
        *session_present = true;
      }
      inbox.kept->erase(kept);
      if (inbox.kept->empty()) inbox.kept.reset();
      counts_.sessions_kept.set(static_cast<std::int64_t>(--kept_count_));
    }
  }
  if (inbox.links.empty()) inbox.devices = counted_devices(*state);
  inbox.links.push_back(&link);
  presences_.attached(link);
  note_seen(link);
  return attach_result::ok;
}

void inboxes::detach(device_link& link, mono_ms now) {
  const auto it = inboxes_.find(link.account());
  if (it == inboxes_.end()) return;
  auto& inbox = **it;
  const auto place = std::find(inbox.links.begin(), inbox.links.end(), &link);
  if (place == inbox.links.end()) return;
  presences_.detached(link);
  inbox.links.erase(place);
  std::vector<stream_id> streams;
  for (auto& at : link.feeds()) {
    streams.push_back(slot(at.conversation()).stream);
    if (!at.dirty) continue;
    at.dirty = false;
    parts_[partition_of(link.account())].push_back({link.account(), streams.back(), link.device(), at.acked()});
  }
  if (link.is_primary() && link.session_expiry_s() != 0) {
    auto kept = keep(link, streams);
    kept.expires = now + std::int64_t{std::min(kept.session.expiry_s(), limits_.max_session_expiry_s)} * 1000;
    if (!inbox.kept) inbox.kept = std::make_unique<std::map<device_id, kept_session>>();
    (*inbox.kept)[link.device()] = std::move(kept);
    counts_.sessions_kept.set(static_cast<std::int64_t>(++kept_count_));
  }
  link.feeds().clear();
  forget_if_idle(link.account());
}

// Gives the link a feed for each conversation that a filter covers, and takes the others away.
void inboxes::sync(device_link& link) {
  auto* state = owner_.inbox(link.account());
  if (state == nullptr) return;
  auto& inbox = inbox_of(link.account());
  const stream_id own = account_stream(link.account());
  const std::size_t device = state->find_device(link.device());
  if (device == stream::inbox_state::npos) return;  // its place is another's now; `changed` ends the link
  const auto* own_stream = owner_.part(partition_of(own)).find_stream(own);
  std::erase_if(link.feeds(), [&](const feed& f) { return is_stale(*state, f.conversation()); });
  for (auto& c : state->conversations) {
    const bool wanted =
        c.id == own ? link.wanted().qos(topic_kind::me, own) != filters::none : link.wanted().wants(c.id);
    auto* known = c.live == 0 ? nullptr : link.find_feed(c.live);
    if (!wanted) {
      if (known == nullptr) continue;
      if (known->dirty) parts_[partition_of(own)].push_back({link.account(), c.id, link.device(), known->acked()});
      std::erase_if(link.feeds(), [&](const feed& f) { return f.conversation() == c.live; });
      continue;
    }
    // Told of on `me` first, where that is listened to (D9).
    const bool after_me = c.id != own && link.wanted().qos(topic_kind::me, own) != filters::none;
    if (after_me && own_stream != nullptr) link.note_me_before(own_stream->head);
    const std::int8_t qos =
        c.id == own ? link.wanted().qos(topic_kind::me, own)
                    : std::max(link.wanted().qos(topic_kind::record, c.id), link.wanted().qos(topic_kind::text, c.id));
    const bool moves = link.is_primary() && qos >= 1;
    if (known != nullptr) {
      if (!known->attached) known->after_me = after_me;
      if (known->moves_cursor != moves) change_quality(link, *known, c, moves ? c.cursors[device] : known->sent());
      continue;
    }
    const std::uint32_t handle = ensure_slot(inbox, c);
    auto& live = slot(handle);
    feed at(handle, moves ? c.cursors[device] : feed::at_head);
    at.moves_cursor = moves;
    at.after_me = after_me;
    if (moves) live.known = std::max(live.known, at.sent());
    auto& feeds = link.feeds();
    const auto place = std::lower_bound(feeds.begin(), feeds.end(), handle,
                                        [](const feed& f, std::uint32_t h) { return f.conversation() < h; });
    auto& placed = *feeds.insert(place, std::move(at));
    if (live.state == live_conversation::bit::armed) {
      link.on_known(placed, live.known, live.ts);
    }
    if (live.others != receipts{}) link.on_receipts(placed);
    if (state->devices.size() > 1 && c.read > c.join_seq) link.on_own_read(placed);
    list_arm(handle);
  }
}

// The filter's QoS was changed between 0 and 1: at 1 the feed is the device's and goes on from its cursor, at 0 it
// moves none (D7).
void inboxes::change_quality(device_link& link, feed& at, const stream::inbox_conversation& c, std::uint64_t from) {
  if (at.dirty) parts_[partition_of(link.account())].push_back({link.account(), c.id, link.device(), at.acked()});
  feed fresh(at.conversation(), from);
  fresh.moves_cursor = !at.moves_cursor;
  fresh.after_me = at.after_me;
  at = std::move(fresh);
  auto& live = slot(at.conversation());
  if (live.state == live_conversation::bit::armed) link.on_known(at, live.known, live.ts);
  list_arm(at.conversation());
}

void inboxes::restore(device_link& link, kept_session& resumed) {
  auto* state = owner_.inbox(link.account());
  if (state == nullptr) return;
  const auto find = [&](stream_id stream) {
    const auto* c = state->find(stream);
    feed* at = c == nullptr || c->live == 0 ? nullptr : link.find_feed(c->live);
    return at != nullptr && at->moves_cursor ? at : nullptr;
  };
  for (auto& place : resumed.feeds) {
    feed* const at = find(place.stream);
    if (at == nullptr) continue;
    // From the cursor, whatever was sent behind it: where that has moved meanwhile, where a notice or an echo may have
    // been lost (D6, D8), and where there is a gap that without `dunlin=1` nobody would fill (D9).
    const bool moved = place.at.acked() < at->acked();
    if (moved || place.at.is_unsure() || (place.at.has_gap() && !link.fills_gaps())) continue;
    place.at.go_on_as(*at);
    *at = std::move(place.at);
    auto& live = slot(at->conversation());
    live.known = std::max(live.known, at->sent());
  }
  // A feed that begins below what was in flight, be it that a filter was changed meanwhile, sends that itself, in
  // order.
  link.forget_in_flight([&](stream_id stream, std::uint64_t seq) {
    const feed* const at = find(stream);
    return at != nullptr && at->sent() < seq;
  });
}

// The account's devices or conversations changed, durably.
void inboxes::changed(account_id account) {
  const auto it = inboxes_.find(account);
  if (it == inboxes_.end()) return;
  const auto* state = owner_.inbox(account);
  const auto is_gone = [&](device_id device) {
    const std::size_t i = state == nullptr ? stream::inbox_state::npos : state->find_device(device);
    return i == stream::inbox_state::npos || state->deleted;
  };
  const auto links = (*it)->links;
  for (auto* link : links) {
    if (is_gone(link->device())) {
      link->on_gone();
      continue;
    }
    sync(*link);
    link->pump();
  }
  const auto still = inboxes_.find(account);  // with its last connection it may have gone
  if (still == inboxes_.end()) return;
  auto& inbox = **still;
  if (inbox.kept) {
    std::erase_if(*inbox.kept, [&](const auto& kept) { return is_gone(kept.first); });
    if (inbox.kept->empty()) inbox.kept.reset();
  }
  if (state == nullptr) return;
  const std::uint32_t counted = counted_devices(*state);
  const bool other_devices = std::exchange(inbox.devices, counted) != counted;
  for (std::uint32_t i = inbox.first; i != 0;) {
    const std::uint32_t next = slots_[i].next;
    if (is_stale(*state, handle_of(i))) {
      drop_slot(i);
    } else if (other_devices) {
      marks_changed(handle_of(i));
    }
    i = next;
  }
}

void inboxes::expire(moment now) {
  std::vector<account_id> idle;
  std::size_t kept = 0;
  for (auto& inbox : inboxes_) {
    if (inbox->kept) {
      std::erase_if(*inbox->kept, [&](const auto& k) { return k.second.expires <= now.mono; });
      kept += inbox->kept->size();
      if (inbox->kept->empty()) inbox->kept.reset();
    }
    if (inbox->links.empty() && !inbox->kept) idle.push_back(inbox->account);
  }
  kept_count_ = kept;
  counts_.sessions_kept.set(static_cast<std::int64_t>(kept));
  for (const auto& account : idle) inboxes_.erase(inboxes_.find(account));
}

}  // namespace dunlin::engine
